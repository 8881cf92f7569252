package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.HasFd;
import dev.pollux.Selectors;
import dev.pollux.internal.selector.ScriptedProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a loop ends while other threads use it: nothing accepted is lost, and those that wait go on. */
@Timeout(60)
class LoopEndTest {

    private static final Duration WATCHDOG = Duration.ofSeconds(LoopThreads.WATCHDOG_SECONDS);

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

    private static EventLoop scripted() throws IOException {
        return EventLoop.builder()
                .selector(Selectors.open(ScriptedProvider.withEverything()))
                .open();
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS);
    }

    private static Thread started(Runnable task) {
        Thread thread = new Thread(task);
        thread.start();
        return thread;
    }

    @Test
    void whatOtherThreadsHandOverWhileNoneRunsTheLoopAndItIsEndedNowIsReturned() throws Exception {
        for (int round = 0; round < 100; round++) {
            EventLoop ending = scripted();
            AtomicInteger accepted = new AtomicInteger();
            AtomicInteger run = new AtomicInteger();
            CountDownLatch underWay = new CountDownLatch(1000);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                threads.add(started(() -> {
                    try {
                        for (int task = 0; task < 20_000; task++) {
                            ending.execute(run::incrementAndGet);
                            accepted.incrementAndGet();
                            underWay.countDown();
                        }
                    } catch (RejectedExecutionException ended) {
                        // As it should be.
                    }
                }));
            }
            LoopThreads.await(underWay);

            List<Runnable> returned = get(ending.shutdownNow());
            for (Thread thread : threads) {
                thread.join();
            }

            assertEquals(accepted.get(), returned.size() + run.get(), "in round " + round);
        }
    }

    @Test
    void aTimerThatIsScheduledWhileTheLoopShutsDownIsRunOrRejected() throws Exception {
        for (int round = 0; round < 3000; round++) {
            EventLoop ending = scripted();
            AtomicInteger run = new AtomicInteger();
            CompletableFuture<Boolean> accepted = new CompletableFuture<>();
            CountDownLatch ready = new CountDownLatch(2);
            Thread scheduling = started(() -> {
                ready.countDown();
                LoopThreads.await(ready);
                try {
                    ending.schedule(Duration.ZERO, run::incrementAndGet);
                    accepted.complete(true);
                } catch (RejectedExecutionException ended) {
                    accepted.complete(false);
                }
            });
            ready.countDown();
            LoopThreads.await(ready);
            ending.shutdown();
            scheduling.join();
            while (!ending.isTerminated()) {
                ending.runOnce(Duration.ZERO);
            }

            assertEquals(accepted.get() ? 1 : 0, run.get(), "in round " + round);
        }
    }

    /** A source whose descriptor is asked for by a thread that then stays until it may go on. */
    private static final class Slow implements HasFd {

        final CountDownLatch asked = new CountDownLatch(1);
        final CountDownLatch mayAnswer = new CountDownLatch(1);

        @Override
        public int fd() {
            asked.countDown();
            LoopThreads.await(mayAnswer);
            return 7;
        }
    }

    @Test
    void aShutdownWhileAnotherThreadRegistersAndNoneRunsTheLoopEndsIt() throws Exception {
        Slow source = new Slow();
        AtomicInteger run = new AtomicInteger();
        Thread registering = started(() -> {
            try {
                loop.register(source, Events.READ, (registration, ready) -> {});
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        LoopThreads.await(source.asked);
        loop.execute(run::incrementAndGet);
        loop.scheduleAtFixedRate(Duration.ofDays(1), Duration.ofDays(1), () -> {});

        loop.shutdown();
        source.mayAnswer.countDown();
        registering.join();

        assertTrue(loop.awaitTermination(WATCHDOG));
        assertEquals(1, run.get());
    }

    @Test
    void aShutdownInATurnOfOneThreadEndsTheLoopWhenTheTurnDoes() throws Exception {
        loop.execute(() -> {
            Thread other = started(loop::shutdown);
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        loop.runOnce(Duration.ZERO);

        assertTrue(loop.isTerminated());
    }

    @Test
    void aShutdownAndACloseAtOnceEndTheLoop() throws Exception {
        for (int round = 0; round < 300; round++) {
            EventLoop ending = scripted();
            boolean runs = round % 2 == 0;
            if (runs) {
                ending.start();
            }
            CountDownLatch start = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (Runnable end : List.<Runnable>of(ending::shutdown, ending::close, ending::shutdownNow, ending::stop)) {
                threads.add(started(() -> {
                    LoopThreads.await(start);
                    end.run();
                }));
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }

            assertTrue(ending.awaitTermination(WATCHDOG), "in round " + round);
        }
    }

    @Test
    void closeByAnInterruptedThreadKeepsItsInterrupt() {
        AtomicInteger run = new AtomicInteger();
        loop.execute(() -> {
            if (!Thread.currentThread().isInterrupted()) {
                run.incrementAndGet();
            }
        });
        Thread.currentThread().interrupt();

        loop.close();

        assertTrue(Thread.interrupted());
        assertEquals(1, run.get(), "the task must not see it");
    }

    @Test
    void anInterruptOfOneThreadThatRunsTurnsDoesNotReachAnother() throws Exception {
        CompletableFuture<Boolean> reached = new CompletableFuture<>();
        Thread other = started(() -> {
            boolean interrupted = false;
            for (int turns = 0; turns < 20_000 && !interrupted; turns++) {
                runOnceUnlessAnotherDoes();
                interrupted = Thread.interrupted();
            }
            reached.complete(interrupted);
        });
        while (!reached.isDone()) {
            Thread.currentThread().interrupt();
            runOnceUnlessAnotherDoes();
            assertTrue(Thread.interrupted(), "it is kept for the one that was interrupted");
        }
        other.join();

        assertFalse(reached.join());
    }

    private void runOnceUnlessAnotherDoes() {
        try {
            loop.runOnce(Duration.ZERO);
        } catch (IllegalStateException another) {
            assertTrue(another.getMessage().contains("runs on thread"), another::getMessage);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    // What depends on a future runs at the end of the loop, on the thread that ends it.

    private void answersAsEnded() {
        assertTrue(loop.isTerminated());
        assertFalse(loop.isOpen());
        try {
            assertTrue(loop.awaitTermination(Duration.ofSeconds(3)));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        loop.close();
        loop.shutdown();
        assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
    }

    @Test
    void whatDependsOnTheEndFindsTheLoopEndedAndMayAwaitAndCloseIt() throws Exception {
        CompletableFuture<Void> answered =
                loop.terminated().thenRun(this::answersAsEnded).toCompletableFuture();
        loop.start();

        loop.close();

        get(answered);
    }

    @Test
    void whatDependsOnAFutureThatTheEndFailsFindsTheLoopEndedAndMayAwaitAndCloseIt() throws Exception {
        CompletableFuture<Integer> ready = loop.ready(Fd.of(3), Events.READ);
        CompletableFuture<Void> answered = ready.handle((bits, error) -> {
            assertInstanceOf(CancellationException.class, error);
            answersAsEnded();
            return null;
        });
        loop.start();

        loop.close();

        get(answered);
    }

    @Test
    void whatDependsOnAFutureMayEndTheLoopThatCompletesIt() throws Exception {
        CompletableFuture<Void> closed = loop.swap("scripted").thenRun(loop::close);
        assertTrue(loop.isTerminated());
        get(closed);
    }

    @Test
    void ofAnUnrunLoopTheThreadThatClosesItRunsItsTasksAndMayUseItThere() {
        List<Boolean> inLoop = new ArrayList<>();
        loop.execute(() -> {
            inLoop.add(loop.inLoop());
            loop.close();
        });

        loop.close();

        assertEquals(List.of(true), inLoop);
        assertTrue(loop.isTerminated());
    }

    @Test
    void theLoopThreadThatWouldWaitForTheEndFailsInsteadOfHanging() throws Exception {
        List<Class<?>> thrown = Collections.synchronizedList(new ArrayList<>());
        loop.execute(() -> {
            try {
                loop.awaitTermination(Duration.ofSeconds(3));
            } catch (IllegalStateException | InterruptedException e) {
                thrown.add(e.getClass());
            }
            try {
                loop.shutdownNow().join();
            } catch (IllegalStateException e) {
                thrown.add(e.getClass());
            }
            try {
                loop.terminated().toCompletableFuture().join();
            } catch (IllegalStateException e) {
                thrown.add(e.getClass());
            }
        });
        loop.start();

        assertTrue(loop.awaitTermination(WATCHDOG));
        assertEquals(Collections.nCopies(3, IllegalStateException.class), thrown);
    }

    @Test
    void aLoopThatFailsEndsAlthoughATaskThatIsLostCannotBeCancelled() throws Exception {
        loop.execute(() -> {
            throw new OutOfMemoryError("for the test");
        });
        loop.execute(new FutureTask<Object>(() -> null) {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                throw new IllegalStateException("cancel");
            }
        });
        FutureTask<Object> other = new FutureTask<>(() -> null);
        loop.execute(other);
        CompletableFuture<Integer> ready = loop.ready(Fd.of(3), Events.READ);

        assertThrows(OutOfMemoryError.class, () -> loop.runOnce(Duration.ZERO));

        assertTrue(loop.awaitTermination(WATCHDOG));
        assertTrue(ready.isCancelled() || ready.isCompletedExceptionally());
        assertTrue(other.isCancelled());
        ExecutionException failed = assertThrows(
                ExecutionException.class, () -> get(loop.terminated().toCompletableFuture()));
        assertInstanceOf(OutOfMemoryError.class, failed.getCause());
    }

    @Test
    void aFutureThatIsMadeAfterTheEndFailsAtOnce() throws Exception {
        loop.close();

        assertThrows(CancellationException.class, () -> get(loop.ready(Fd.of(3), Events.READ)));
        assertThrows(CancellationException.class, () -> get(loop.swap("scripted")));
        assertThrows(
                CancellationException.class,
                () -> get(loop.registerAsync(Fd.of(3), Events.READ, (registration, ready) -> {})));
        assertThrows(RejectedExecutionException.class, () -> loop.offload(() -> null));
    }

    // A stack that overflows in the user's code is the failure of that code.

    @SuppressWarnings("InfiniteRecursion") // That is what it is for.
    private static int overflow() {
        return overflow() + 1;
    }

    @Test
    void workThatOverflowsTheStackIsAFailureLikeOthersAndTheLoopGoesOn() throws Exception {
        List<LoopFailure> failures = new ArrayList<>();
        loop.close();
        loop = EventLoop.builder()
                .selector(Selectors.open(provider))
                .failureHandler(failures::add)
                .open();
        loop.execute(LoopEndTest::overflow);
        loop.schedule(Duration.ZERO, LoopEndTest::overflow);
        loop.scheduleAtFixedRate(Duration.ZERO, Duration.ofDays(1), LoopEndTest::overflow);
        loop.register(Fd.of(3), Events.READ, (registration, ready) -> overflow());
        CompletableFuture<Integer> dependent = loop.ready(Fd.of(4), Events.READ).thenApply(ready -> overflow());
        loop.runOnce(Duration.ZERO);
        provider.current().makeReady(3, Events.READ);
        provider.current().makeReady(4, Events.READ);
        loop.runOnce(Duration.ZERO);

        assertTrue(loop.isOpen());
        assertEquals(4, failures.size());
        failures.forEach(failure -> assertInstanceOf(StackOverflowError.class, failure.error()));
        assertInstanceOf(
                StackOverflowError.class,
                assertThrows(CompletionException.class, dependent::join).getCause());
        AtomicInteger run = new AtomicInteger();
        loop.execute(run::incrementAndGet);
        loop.runOnce(Duration.ZERO);
        assertEquals(1, run.get());
    }

    @Test
    void aFailureHandlerThatOverflowsTheStackIsSurvived() throws IOException {
        loop.close();
        loop = EventLoop.builder()
                .selector(Selectors.open(provider))
                .failureHandler(failure -> overflow())
                .open();
        loop.execute(() -> {
            throw new IllegalStateException("task");
        });

        loop.runOnce(Duration.ZERO);

        assertTrue(loop.isOpen());
    }

    @Test
    void aNameThatOverflowsTheStackEndsNoLoop() throws IOException {
        loop.close();
        loop = EventLoop.builder()
                .selector(Selectors.open(provider))
                .failureLimit(1)
                .failureHandler(failure -> {})
                .open();
        loop.scheduleAtFixedRate(Duration.ZERO, Duration.ofNanos(1), new Runnable() {
            @Override
            public void run() {
                throw new IllegalStateException("timer");
            }

            @Override
            public String toString() {
                return "" + overflow();
            }
        });

        loop.runOnce(Duration.ZERO);

        assertTrue(loop.isOpen());
        assertEquals(1, loop.metrics().isolated());
    }

    private long lastTimeout() {
        List<Long> timeouts = provider.current().timeouts;
        return timeouts.get(timeouts.size() - 1);
    }

    @Test
    void aTurnThatHasRunATimerOrATaskDoesNotWait() throws IOException {
        AtomicLong now = new AtomicLong();
        loop.close();
        loop = EventLoop.builder()
                .selector(Selectors.open(provider))
                .clock(now::get)
                .open();
        loop.schedule(Duration.ofSeconds(1), () -> {});
        loop.register(Fd.of(4), Events.READ, (registration, ready) -> {});
        Runnable endsTheWait = () -> provider.current().makeReady(4, Events.READ);
        long day = Duration.ofDays(1).toNanos();
        List<Long> last = new ArrayList<>();

        now.set(Duration.ofSeconds(1).toNanos());
        loop.runOnce(Duration.ofDays(1)); // the timer
        last.add(lastTimeout());
        provider.atAwait = endsTheWait;
        loop.runOnce(Duration.ofDays(1));
        last.add(lastTimeout());
        provider.atAwait = () -> {};
        loop.execute(() -> {});
        loop.runOnce(Duration.ofDays(1)); // the task
        last.add(lastTimeout());
        provider.atAwait = endsTheWait;
        loop.runOnce(Duration.ofDays(1));
        last.add(lastTimeout());

        assertEquals(List.of(0L, day, 0L, day), last);
    }
}
