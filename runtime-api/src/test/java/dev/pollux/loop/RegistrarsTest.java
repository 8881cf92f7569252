package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.HasFd;
import dev.pollux.Selectors;
import dev.pollux.internal.selector.ScriptedProvider;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that register while the loop runs, does not run, begins to run, or passes from thread to thread. */
@Timeout(60)
class RegistrarsTest {

    private final ScriptedProvider provider = ScriptedProvider.withEverything();
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.builder().selector(Selectors.open(provider)).open();
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private static Thread started(Runnable task) {
        Thread thread = new Thread(task);
        thread.start();
        return thread;
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS);
    }

    /** A source that is in the middle of its registration until it may answer. */
    private static final class Slow implements HasFd {

        final CountDownLatch asked = new CountDownLatch(1);
        final CountDownLatch mayAnswer = new CountDownLatch(1);

        @Override
        public int fd() {
            asked.countDown();
            LoopThreads.await(mayAnswer);
            return 3;
        }
    }

    private CompletableFuture<Registration> register(Object source) {
        CompletableFuture<Registration> registered = new CompletableFuture<>();
        started(() -> {
            try {
                registered.complete(loop.register(source, Events.READ, (registration, ready) -> {}));
            } catch (Throwable e) {
                registered.completeExceptionally(e);
            }
        });
        return registered;
    }

    @Test
    void anotherThreadRegistersWhileNoneRunsTheLoop() throws Exception {
        assertTrue(get(register(Fd.of(3))).isActive());
        assertEquals(1, loop.registered());
    }

    @Test
    void oneThatRegistersWhileAnotherDoesSoHasItDone() throws Exception {
        Slow slow = new Slow();
        CompletableFuture<Registration> first = register(slow);
        LoopThreads.await(slow.asked);
        CompletableFuture<Registration> second = register(Fd.of(4));
        LoopThreads.until(() -> loop.dump().contains("on thread"));
        assertFalse(first.isDone());

        slow.mayAnswer.countDown();

        assertTrue(get(first).isActive());
        assertTrue(get(second).isActive());
        assertEquals(2, loop.registered());
    }

    @Test
    void aLoopThatIsRunWhileAnotherThreadRegistersBeginsWhenThatIsDone() throws Exception {
        Slow slow = new Slow();
        CompletableFuture<Registration> registered = register(slow);
        LoopThreads.await(slow.asked);
        CompletableFuture<Boolean> registeredBefore = new CompletableFuture<>();
        loop.execute(() -> registeredBefore.complete(loop.registered() == 1));
        Thread running = loop.start();
        LoopThreads.until(() -> running.getState() == Thread.State.WAITING);
        assertFalse(registeredBefore.isDone());

        slow.mayAnswer.countDown();

        assertTrue(get(registeredBefore));
        assertTrue(get(registered).isActive());
    }

    @Test
    void manyThreadsRegisterWhileManyRunTheLoopInTurn() throws Exception {
        int registrars = 4;
        int each = 500;
        AtomicInteger next = new AtomicInteger(10);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> runners = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            runners.add(started(() -> {
                while (!done.get() && thrown.get() == null) {
                    try {
                        loop.runOnce(Duration.ofMillis(1));
                    } catch (IllegalStateException another) {
                        assertTrue(another.getMessage().contains("runs on thread"), another::getMessage);
                    } catch (Throwable e) {
                        thrown.set(e);
                    }
                }
            }));
        }
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < registrars; i++) {
            threads.add(started(() -> {
                try {
                    for (int n = 0; n < each; n++) {
                        Registration registration =
                                loop.register(Fd.of(next.getAndIncrement()), Events.READ, (same, ready) -> {});
                        registration.modify(Events.WRITE);
                        if (n % 2 == 0) {
                            registration.cancel();
                        }
                    }
                } catch (Throwable e) {
                    thrown.set(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        done.set(true);
        for (Thread runner : runners) {
            runner.join();
        }

        assertNull(thrown.get());
        assertEquals(registrars * each / 2, loop.registered());
        assertEquals(registrars * each / 2, provider.current().watched.size());
    }

    @Test
    void threadsThatRegisterWhileTheLoopStopsAndIsRunAgainAreAllServed() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread runner = started(() -> {
            try {
                while (!done.get()) {
                    loop.run();
                }
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        for (int i = 0; i < 3000; i++) {
            Registration registration = loop.register(Fd.of(3), Events.READ, (same, ready) -> {});
            loop.stop();
            registration.cancel();
        }
        done.set(true);
        while (runner.isAlive()) {
            loop.stop();
            runner.join(1);
        }

        assertNull(thrown.get());
        assertEquals(0, loop.registered());
    }

    @Test
    void threadsThatRegisterWhileTheLoopIsClosedReturnOrFail() throws Exception {
        for (int round = 0; round < 300; round++) {
            EventLoop ending = EventLoop.builder()
                    .selector(Selectors.open(ScriptedProvider.withEverything()))
                    .open();
            if (round % 2 == 0) {
                ending.start();
            }
            CountDownLatch underWay = new CountDownLatch(2);
            List<Thread> threads = new ArrayList<>();
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            for (int i = 0; i < 2; i++) {
                Fd source = Fd.of(10 + i);
                threads.add(started(() -> {
                    try {
                        while (true) {
                            ending.register(source, Events.READ, (same, ready) -> {})
                                    .cancel();
                            underWay.countDown();
                        }
                    } catch (ClosedSelectorException closed) {
                        underWay.countDown();
                    } catch (Throwable e) {
                        thrown.set(e);
                        underWay.countDown();
                    }
                }));
            }
            LoopThreads.await(underWay);
            ending.close();
            for (Thread thread : threads) {
                thread.join();
            }

            assertNull(thrown.get());
            assertTrue(ending.isTerminated());
        }
    }

    @Test
    void anInterruptOfTheThreadThatWaitsForReadinessEndsTheRegistration() throws Exception {
        loop.start();
        CompletableFuture<Class<?>> thrown = new CompletableFuture<>();
        Thread waiting = started(() -> {
            try {
                loop.ready(Fd.of(3), Events.READ).get();
            } catch (Exception e) {
                thrown.complete(e.getClass());
            }
        });
        LoopThreads.until(() -> loop.registered() == 1);

        waiting.interrupt();

        assertEquals(InterruptedException.class, get(thrown));
        LoopThreads.until(() -> loop.registered() == 0);
    }

    @Test
    void anInterruptOfTheThreadThatWaitsForReadinessWithALimitEndsTheRegistration() throws Exception {
        loop.start();
        CompletableFuture<Class<?>> thrown = new CompletableFuture<>();
        Thread waiting = started(() -> {
            try {
                loop.ready(Fd.of(3), Events.READ).get(1, TimeUnit.DAYS);
            } catch (Exception e) {
                thrown.complete(e.getClass());
            }
        });
        LoopThreads.until(() -> loop.registered() == 1);

        waiting.interrupt();

        assertEquals(InterruptedException.class, get(thrown));
        LoopThreads.until(() -> loop.registered() == 0);
    }
}
