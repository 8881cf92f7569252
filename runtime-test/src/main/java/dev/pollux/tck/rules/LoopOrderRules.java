package dev.pollux.tck.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.loop.TimerHandle;
import dev.pollux.tck.source.TestSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** LOOP-2, LOOP-3 and LOOP-5: when tasks and timers run, and that each has its turn. */
public interface LoopOrderRules extends LoopRuleGroup {

    @Test
    @Rule("LOOP-2")
    default void tasksOfOneThreadRunInOrder() throws Exception {
        loop().start();
        List<Integer> order = new ArrayList<>();
        CompletableFuture<List<Integer>> done = new CompletableFuture<>();
        for (int i = 0; i < 10 * LoopFixture.TASK_BUDGET; i++) {
            int number = i;
            loop().execute(() -> order.add(number));
        }
        loop().execute(() -> done.complete(List.copyOf(order)));

        List<Integer> ran = fixture().soon(done);

        assertEquals(10 * LoopFixture.TASK_BUDGET, ran.size());
        assertEquals(ran.stream().sorted().toList(), ran);
    }

    @Test
    @Rule({"LOOP-2", "LOOP-3"})
    default void timersRunByDeadlineAndNeverEarly() throws Exception {
        CompletableFuture<List<String>> done = new CompletableFuture<>();
        List<String> ran = new ArrayList<>();
        long start = System.nanoTime();
        fixture().freeze(start);
        List<Long> early = new ArrayList<>();
        int[] delaysMicros = {3_000, 100, 1_700, 900, 5_000, 1};
        for (int delay : delaysMicros) {
            loop().schedule(Duration.ofNanos(delay * 1000L), () -> {
                long passed = System.nanoTime() - start;
                if (passed < delay * 1000L) {
                    early.add(passed);
                }
                ran.add(delay + " µs");
            });
        }
        loop().schedule(Duration.ofMillis(6), () -> done.complete(ran));
        fixture().unfreeze();
        loop().start();

        assertEquals(
                List.of("1 µs", "100 µs", "900 µs", "1700 µs", "3000 µs", "5000 µs"),
                fixture().soon(done));
        assertEquals(List.of(), early);
    }

    /** Long enough that a pause of the machine does not pass for patience, and begun by the loop, which runs by then. */
    @Test
    @Rule("LOOP-3")
    default void aTimerThatTheLoopSchedulesIsNotEarly() throws Exception {
        Duration delay = Duration.ofMillis(150);
        CompletableFuture<Long> passed = new CompletableFuture<>();
        loop().execute(() -> {
            long start = System.nanoTime();
            loop().schedule(delay, () -> passed.complete(System.nanoTime() - start));
        });
        loop().start();

        long nanos = fixture().soon(passed);

        assertTrue(nanos >= delay.toNanos(), () -> "after " + nanos + " ns");
    }

    @Test
    @Rule("LOOP-3")
    default void waitingForATimerDoesNotSpin() throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop().schedule(Duration.ofMillis(50), () -> done.complete(null));
        loop().start();
        fixture().soon(done);

        long waits = calls().waits();
        assertTrue(waits <= 4, () -> "one timer took " + waits + " waits");
    }

    @Test
    @Rule("LOOP-3")
    default void cancelledTimerNeverRuns() throws Exception {
        AtomicBoolean ran = new AtomicBoolean();
        AtomicBoolean otherRan = new AtomicBoolean();
        long start = System.nanoTime();
        fixture().freeze(start);
        TimerHandle timer = loop().schedule(Duration.ofMillis(5), () -> ran.set(true));
        loop().schedule(Duration.ofMillis(5), () -> otherRan.set(true));

        assertTrue(timer.cancel());
        fixture().freeze(start + Duration.ofMillis(5).toNanos());
        loop().runOnce(Duration.ZERO);

        assertTrue(otherRan.get());
        assertFalse(ran.get());
        assertFalse(timer.cancel());
    }

    @Test
    @Rule({"LOOP-3", "LOOP-5"})
    default void timerThatRearmsItselfAtOnceAndATaskFloodStarveNobody() throws Exception {
        TestSource source = sources().reader();
        CompletableFuture<Void> callback = new CompletableFuture<>();
        AtomicBoolean stopped = new AtomicBoolean();
        loop().register(source.fileobj(), Events.READ, (handle, ready) -> {
            source.drain();
            callback.complete(null);
        });
        Runnable endlessTimer = new Runnable() {
            @Override
            public void run() {
                if (!stopped.get()) {
                    loop().schedule(Duration.ZERO, this);
                }
            }
        };
        Runnable endlessTask = new Runnable() {
            @Override
            public void run() {
                if (!stopped.get()) {
                    loop().execute(this);
                }
            }
        };
        loop().schedule(Duration.ZERO, endlessTimer);
        loop().execute(endlessTask);
        loop().start();

        source.makeReadable();

        fixture().soon(callback);
        stopped.set(true);
    }

    @Test
    @Rule("LOOP-5")
    default void sourceThatIsAlwaysReadyStarvesNeitherTimersNorTasks() throws Exception {
        TestSource source = sources().reader();
        source.makeReadable();
        AtomicInteger callbacks = new AtomicInteger();
        loop().register(source.fileobj(), Events.READ, (handle, ready) -> callbacks.incrementAndGet());
        loop().start();
        CompletableFuture<Void> timer = new CompletableFuture<>();
        CompletableFuture<Void> task = new CompletableFuture<>();

        loop().schedule(Duration.ofMillis(1), () -> timer.complete(null));
        loop().execute(() -> task.complete(null));

        fixture().soon(timer);
        fixture().soon(task);
        fixture().await(() -> callbacks.get() > 0, "the source has its turn too");
    }
}
