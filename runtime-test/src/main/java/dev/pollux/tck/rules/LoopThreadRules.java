package dev.pollux.tck.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.AlreadyRegisteredException;
import dev.pollux.Events;
import dev.pollux.loop.Registration;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** LOOP-1, LOOP-6 and THR-2: which thread runs what, and what other threads may do. */
public interface LoopThreadRules extends LoopRuleGroup {

    @Test
    @Rule("LOOP-1")
    default void callbacksTimersAndTasksRunOnTheLoopThread() throws Exception {
        Thread thread = loop().start();
        TestSource source = sources().reader();
        CompletableFuture<Thread> callback = new CompletableFuture<>();
        CompletableFuture<Thread> timer = new CompletableFuture<>();
        CompletableFuture<Thread> task = new CompletableFuture<>();

        loop().register(source.fileobj(), Events.READ, (handle, ready) -> {
            source.drain();
            callback.complete(Thread.currentThread());
        });
        source.makeReadable();
        loop().schedule(Duration.ofMillis(1), () -> timer.complete(Thread.currentThread()));
        loop().execute(() -> task.complete(Thread.currentThread()));

        assertSame(thread, fixture().soon(callback));
        assertSame(thread, fixture().soon(timer));
        assertSame(thread, fixture().soon(task));
        assertFalse(loop().inLoop());
    }

    @Test
    @Rule("LOOP-6")
    default void tasksForABusyLoopMakeAtMostOneWakeupPerSleep() throws Exception {
        fixture().startAsleep();
        long wakeups = calls().wakeups();
        long sleeps = calls().sleeps();
        CountDownLatch all = new CountDownLatch(10_000);
        for (int i = 0; i < 10_000; i++) {
            loop().execute(all::countDown);
        }
        assertTrue(all.await(fixture().patienceNanos(), TimeUnit.NANOSECONDS), "every task runs");

        long written = calls().wakeups() - wakeups;
        long slept = calls().sleeps() - sleeps;
        assertTrue(written <= slept + 1, () -> written + " wakeups for " + slept + " sleeps");
    }

    @Test
    @Rule("LOOP-6")
    default void loopThreadMakesNoWakeupCall() throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        TestSource source = sources().reader();
        loop().execute(() -> {
            for (int i = 0; i < 100; i++) {
                loop().execute(() -> {});
                loop().schedule(Duration.ZERO, () -> {});
            }
            try {
                loop().register(source.fileobj(), Events.READ, (handle, ready) -> {})
                        .cancel();
                done.complete(null);
            } catch (IOException e) {
                done.completeExceptionally(e);
            }
        });
        for (int turn = 0; turn < 10; turn++) {
            loop().runOnce(Duration.ZERO);
        }

        fixture().soon(done);
        assertEquals(0, calls().wakeups());
    }

    @Test
    @Rule({"THR-2", "LOOP-6"})
    default void otherThreadsRegisterModifyAndCancelOnASleepingLoop() throws Exception {
        fixture().startAsleep();
        TestSource source = sources().reader();
        CompletableFuture<Void> ready = new CompletableFuture<>();

        Registration registration =
                loop().register(source.fileobj(), Events.NONE, (handle, bits) -> ready.complete(null));
        source.makeReadable();
        registration.modify(Events.READ);
        fixture().soon(ready);
        registration.cancel();
        long events = loop().metrics().callbacks();
        CompletableFuture<Void> later = new CompletableFuture<>();
        loop().execute(() -> loop().execute(() -> later.complete(null)));
        fixture().soon(later);

        assertFalse(registration.isActive());
        assertEquals(events, loop().metrics().callbacks());
    }

    @Test
    @Rule("THR-2")
    default void refusalReachesTheThreadThatRegisters() throws Exception {
        fixture().startAsleep();
        TestSource source = sources().reader();
        loop().register(source.fileobj(), Events.READ, (handle, ready) -> {});

        assertThrows(
                AlreadyRegisteredException.class,
                () -> loop().register(source.fileobj(), Events.READ, (handle, ready) -> {}));
        assertThrows(
                IllegalArgumentException.class,
                () -> loop().register(sources().reader().fileobj(), 1 << 20, (handle, ready) -> {}));
    }
}
