package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.ListeningScheduledExecutorService;
import com.google.common.util.concurrent.MoreExecutors;
import dev.pollux.NanoClock;
import dev.pollux.Selectors;
import dev.pollux.internal.selector.ScriptedProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link ScheduledExecutorService} and {@link Future} promise, of a loop. */
@Timeout(60)
class LoopAsExecutorTest {

    private static final Duration NO_WAIT = Duration.ZERO;

    private final ScriptedProvider provider = ScriptedProvider.withEverything();
    private final List<String> log = new ArrayList<>();
    private long now;
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.builder()
                .selector(Selectors.open(provider))
                .clock(() -> now)
                .failureHandler(failure -> log.add("failure " + failure.error().getMessage()))
                .open();
    }

    private void openByRealTime() throws IOException {
        loop.close();
        loop = EventLoop.builder()
                .selector(Selectors.open(provider))
                .clock(NanoClock.system())
                .open();
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private static <T> T soon(Future<T> future) throws Exception {
        return future.get(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS);
    }

    private void turn() throws IOException {
        loop.runOnce(NO_WAIT);
    }

    // Submitting.

    @Test
    void submittedWorkRunsOnTheLoopThreadAndItsFutureTellsTheResult() throws Exception {
        Thread thread = loop.start();

        assertSame(thread, soon(loop.submit(Thread::currentThread)));
        assertEquals("result", soon(loop.submit(() -> log.add("ran"), "result")));
        assertNull(soon(loop.submit(() -> log.add("ran too"), null)));
        assertEquals(List.of("ran", "ran too"), log);
    }

    @Test
    void whatSubmittedWorkThrowsIsInItsFutureAndNotWithTheFailureHandler() throws Exception {
        Future<?> future = loop.submit((Callable<Object>) () -> {
            throw new IOException("work");
        });

        turn();

        ExecutionException thrown = assertThrows(ExecutionException.class, future::get);
        assertEquals("work", thrown.getCause().getMessage());
        assertEquals(List.of(), log);
    }

    @Test
    void invokeAllReturnsWhenEveryTaskIsDoneInTheirOrder() throws Exception {
        loop.start();
        Callable<Integer> failing = () -> {
            throw new IOException("second");
        };

        List<Future<Integer>> futures = loop.invokeAll(List.of(() -> 1, failing, () -> 3));

        assertTrue(futures.stream().allMatch(Future::isDone));
        assertEquals(1, futures.get(0).get());
        assertThrows(ExecutionException.class, futures.get(1)::get);
        assertEquals(3, futures.get(2).get());
        assertEquals(List.of(), loop.invokeAll(List.<Callable<Integer>>of()));
    }

    @Test
    void invokeAllCancelsWhatIsNotDoneInTime() throws Exception {
        loop.start();
        CountDownLatch go = new CountDownLatch(1);

        List<Future<String>> futures = loop.invokeAll(
                List.of(
                        () -> {
                            go.await();
                            return "interrupted before";
                        },
                        () -> "never begun"),
                1,
                TimeUnit.MILLISECONDS);

        assertTrue(futures.stream().allMatch(Future::isCancelled));
        assertEquals("next", soon(loop.submit(() -> "next")));
    }

    @Test
    void invokeAnyReturnsTheFirstResultThereIs() throws Exception {
        loop.start();
        Callable<String> failing = () -> {
            throw new IOException("no result");
        };

        assertEquals("result", loop.invokeAny(List.of(failing, () -> "result")));
        assertThrows(ExecutionException.class, () -> loop.invokeAny(List.of(failing, failing)));
        assertThrows(IllegalArgumentException.class, () -> loop.invokeAny(List.<Callable<String>>of()));
    }

    @Test
    void invokeAnyThatHasNoResultInTimeThrows() {
        loop.start();
        CountDownLatch go = new CountDownLatch(1);
        Callable<String> blocking = () -> {
            go.await();
            return "too late";
        };

        assertThrows(TimeoutException.class, () -> loop.invokeAny(List.of(blocking), 1, TimeUnit.MILLISECONDS));
    }

    @Test
    void nullsAreRefused() {
        Callable<Object> work = () -> 1;
        Runnable task = () -> {};

        assertThrows(NullPointerException.class, () -> loop.execute(null));
        assertThrows(NullPointerException.class, () -> loop.submit((Runnable) null));
        assertThrows(NullPointerException.class, () -> loop.submit((Callable<?>) null));
        assertThrows(NullPointerException.class, () -> loop.submit(null, "result"));
        assertThrows(NullPointerException.class, () -> loop.invokeAll(null));
        assertThrows(NullPointerException.class, () -> loop.invokeAll(Arrays.asList(work, null)));
        assertThrows(NullPointerException.class, () -> loop.invokeAll(List.of(work), 1, null));
        assertThrows(NullPointerException.class, () -> loop.invokeAny(null));
        assertThrows(NullPointerException.class, () -> loop.invokeAny(List.of(work), 1, null));
        assertThrows(NullPointerException.class, () -> loop.schedule((Runnable) null, 1, TimeUnit.SECONDS));
        assertThrows(NullPointerException.class, () -> loop.schedule((Callable<?>) null, 1, TimeUnit.SECONDS));
        assertThrows(NullPointerException.class, () -> loop.schedule(task, 1, null));
        assertThrows(NullPointerException.class, () -> loop.schedule(work, 1, null));
        assertThrows(NullPointerException.class, () -> loop.scheduleAtFixedRate(null, 1, 1, TimeUnit.SECONDS));
        assertThrows(NullPointerException.class, () -> loop.scheduleAtFixedRate(task, 1, 1, null));
        assertThrows(NullPointerException.class, () -> loop.scheduleWithFixedDelay(null, 1, 1, TimeUnit.SECONDS));
        assertThrows(NullPointerException.class, () -> loop.scheduleWithFixedDelay(task, 1, 1, null));
    }

    @Test
    void periodsAndDelaysThatAreNotPositiveAreRefused() {
        Runnable task = () -> {};

        for (long notPositive : new long[] {0, -1, Long.MIN_VALUE}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> loop.scheduleAtFixedRate(task, 1, notPositive, TimeUnit.SECONDS));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> loop.scheduleWithFixedDelay(task, 1, notPositive, TimeUnit.SECONDS));
        }
        assertEquals(0, loop.metrics().pendingTimers());
    }

    // Scheduling.

    @Test
    void scheduledWorkRunsAtItsTimeAndItsFutureTellsTheResult() throws Exception {
        ScheduledFuture<String> future = loop.schedule(() -> "result", 10, TimeUnit.NANOSECONDS);
        ScheduledFuture<?> task = loop.schedule((Runnable) () -> log.add("task"), 11, TimeUnit.NANOSECONDS);

        turn();
        assertFalse(future.isDone());
        now += 10;
        turn();
        assertEquals("result", future.get());
        assertFalse(task.isDone());
        now += 1;
        turn();

        assertNull(task.get());
        assertEquals(List.of("task"), log);
    }

    @Test
    void negativeDelaysAreDueAtOnceAndTheLongestNever() throws Exception {
        ScheduledFuture<String> late = loop.schedule(() -> "late", Long.MIN_VALUE, TimeUnit.DAYS);
        ScheduledFuture<String> never = loop.schedule(() -> "never", Long.MAX_VALUE, TimeUnit.DAYS);

        turn();

        assertEquals("late", late.get());
        now += Duration.ofDays(100 * 365).toNanos();
        turn();
        assertFalse(never.isDone());
        assertTrue(never.getDelay(TimeUnit.DAYS) > 0);
    }

    @Test
    void futuresAreOrderedByTheirDelay() {
        ScheduledFuture<?> sooner = loop.schedule(() -> {}, 1, TimeUnit.SECONDS);
        ScheduledFuture<?> later = loop.schedule(() -> {}, 2, TimeUnit.SECONDS);
        now += Duration.ofMillis(1500).toNanos();

        assertEquals(500, later.getDelay(TimeUnit.MILLISECONDS));
        assertEquals(-500, sooner.getDelay(TimeUnit.MILLISECONDS));
        assertTrue(sooner.compareTo(later) < 0);
        assertTrue(later.compareTo(sooner) > 0);
    }

    @Test
    void futuresTellWhetherTheyArePeriodic() {
        RunnableScheduledFuture<?> once = (RunnableScheduledFuture<?>) loop.schedule(() -> {}, 1, TimeUnit.SECONDS);
        RunnableScheduledFuture<?> rate =
                (RunnableScheduledFuture<?>) loop.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.SECONDS);

        assertFalse(once.isPeriodic());
        assertTrue(rate.isPeriodic());
    }

    @Test
    void fixedRateRunsAtMultiplesAndFixedDelayAfterEachRun() throws Exception {
        loop.scheduleAtFixedRate(
                () -> {
                    log.add("rate " + now);
                    now += 3;
                },
                10,
                10,
                TimeUnit.NANOSECONDS);
        now = 10;
        turn();
        now = 20;
        turn();
        assertEquals(List.of("rate 10", "rate 20"), log);
        log.clear();

        loop.shutdownNow();
        now = 0;
        open();
        loop.scheduleWithFixedDelay(
                () -> {
                    log.add("delay " + now);
                    now += 3;
                },
                10,
                10,
                TimeUnit.NANOSECONDS);
        now = 10;
        turn();
        now = 22;
        turn();
        now = 23;
        turn();

        assertEquals(List.of("delay 10", "delay 23"), log);
    }

    @Test
    void periodicWorkThatThrowsIsNotRunAgainAndItsFutureTellsWhy() throws Exception {
        ScheduledFuture<?> rate = loop.scheduleAtFixedRate(
                () -> {
                    log.add("run");
                    throw new IllegalStateException("enough");
                },
                0,
                10,
                TimeUnit.NANOSECONDS);
        turn();
        now += 100;
        turn();

        assertEquals(List.of("run"), log);
        assertEquals(
                "enough",
                assertThrows(ExecutionException.class, rate::get).getCause().getMessage());
        assertEquals(0, loop.metrics().pendingTimers());
    }

    // Cancelling.

    @Test
    void cancelledBeforeItsTimeWorkDoesNotRun() throws Exception {
        Future<?> task = loop.submit(() -> log.add("task"));
        ScheduledFuture<?> timer = loop.schedule(() -> log.add("timer"), 0, TimeUnit.NANOSECONDS);
        ScheduledFuture<?> rate = loop.scheduleAtFixedRate(() -> log.add("rate"), 0, 1, TimeUnit.NANOSECONDS);

        assertTrue(task.cancel(false));
        assertTrue(timer.cancel(true));
        assertTrue(rate.cancel(false));
        assertFalse(rate.cancel(false));
        turn();

        assertEquals(List.of(), log);
        assertTrue(timer.isCancelled());
        assertTrue(timer.isDone());
        assertThrows(CancellationException.class, timer::get);
        assertEquals(0, loop.metrics().pendingTimers());
    }

    @Test
    void workThatIsDoneCannotBeCancelled() throws Exception {
        Future<String> future = loop.submit(() -> "result");
        turn();

        assertFalse(future.cancel(true));
        assertFalse(future.isCancelled());
        assertEquals("result", future.get());
    }

    @Test
    void cancelInterruptsRunningWorkIfItMayAndNothingAfterIt() throws Exception {
        loop.start();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Future<?> future = loop.submit(() -> {
            begun.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        LoopThreads.await(begun);

        assertTrue(future.cancel(true));

        assertTrue(soon(interrupted));
        assertFalse(soon(loop.submit(() -> Thread.currentThread().isInterrupted())));
    }

    @Test
    void cancelWithoutInterruptLetsRunningWorkEnd() throws Exception {
        loop.start();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Future<?> future = loop.submit(() -> {
            begun.countDown();
            LoopThreads.await(go);
            log.add("ended");
        });
        LoopThreads.await(begun);

        assertTrue(future.cancel(false));
        assertThrows(CancellationException.class, future::get);
        go.countDown();
        soon(loop.submit(() -> {}));

        assertEquals(List.of("ended"), log);
    }

    @Test
    void periodicWorkCancelsItself() throws Exception {
        AtomicReference<Future<?>> self = new AtomicReference<>();
        self.set(loop.scheduleAtFixedRate(
                () -> {
                    log.add("run");
                    self.get().cancel(false);
                },
                0,
                10,
                TimeUnit.NANOSECONDS));
        turn();
        now += 100;
        turn();

        assertEquals(List.of("run"), log);
        assertTrue(self.get().isCancelled());
        assertEquals(0, loop.metrics().pendingTimers());
    }

    // Waiting on the loop thread.

    @Test
    void waitingOnTheLoopThreadForWorkOfTheLoopIsRefused() throws Exception {
        Future<String> later = loop.submit(() -> "later");
        ScheduledFuture<String> timer = loop.schedule(() -> "timer", 1, TimeUnit.DAYS);
        AtomicInteger refused = new AtomicInteger();
        Runnable waits = () -> {
            assertThrows(IllegalStateException.class, timer::get);
            assertThrows(IllegalStateException.class, () -> timer.get(1, TimeUnit.SECONDS));
            assertThrows(IllegalStateException.class, () -> loop.invokeAll(List.of(() -> 1)));
            refused.incrementAndGet();
        };
        loop.schedule(Duration.ZERO, waits);

        turn();

        assertEquals(1, refused.get(), log::toString);
        assertEquals("later", later.get());
    }

    @Test
    void aResultThatIsThereCanBeHadOnTheLoopThread() throws Exception {
        Future<String> first = loop.submit(() -> "first");
        Future<String> second = loop.submit(() -> first.get() + " and second");

        turn();

        assertEquals("first and second", second.get());
    }

    @Test
    void invokeAnyOnTheLoopThreadIsRefusedInsteadOfHanging() throws Exception {
        loop.start();
        Future<Boolean> refused = loop.submit(() -> {
            assertThrows(IllegalStateException.class, () -> loop.invokeAny(List.of(() -> 1)));
            assertThrows(IllegalStateException.class, () -> loop.invokeAny(List.of(() -> 1), 1, TimeUnit.MINUTES));
            return true;
        });

        assertTrue(soon(refused));
    }

    @Test
    void waitingOnTheLoopThreadForASwapIsRefusedInsteadOfHanging() throws Exception {
        loop.start();
        Future<Boolean> refused = loop.submit(() -> {
            assertThrows(
                    IllegalStateException.class, () -> loop.swap("scripted").join());
            assertThrows(
                    IllegalStateException.class, () -> loop.swap("scripted").get());
            assertThrows(
                    IllegalStateException.class, () -> loop.swap("scripted").get(1, TimeUnit.MINUTES));
            return true;
        });

        assertTrue(soon(refused));
    }

    // As the executor of others.

    @Test
    void listeningDecoratorWorksOnALoop() throws Exception {
        Thread thread = loop.start();
        ListeningScheduledExecutorService listening = MoreExecutors.listeningDecorator(loop);
        CompletableFuture<Thread> listened = new CompletableFuture<>();
        ListenableFuture<String> future = listening.submit(() -> "result");
        future.addListener(() -> listened.complete(Thread.currentThread()), listening);

        assertEquals("result", soon(future));
        assertSame(thread, soon(listened));
        assertEquals("timer", soon(listening.schedule(() -> "timer", -1, TimeUnit.SECONDS)));
    }

    @Test
    void completableFuturesRunTheirStagesOnALoop() throws Exception {
        Thread thread = loop.start();

        CompletableFuture<Thread> stage =
                CompletableFuture.supplyAsync(() -> "a", loop).thenApplyAsync(a -> Thread.currentThread(), loop);

        assertSame(thread, soon(stage));
    }

    // Ending.

    @Test
    void shutdownRunsWhatWasAcceptedAndRefusesTheRest() throws Exception {
        Future<String> task = loop.submit(() -> "task");
        ScheduledFuture<String> timer = loop.schedule(() -> "timer", 10, TimeUnit.NANOSECONDS);

        loop.shutdown();
        loop.shutdown();

        assertTrue(loop.isShutdown());
        assertFalse(loop.isTerminated());
        assertFalse(loop.awaitTermination(0, TimeUnit.NANOSECONDS));
        assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
        assertThrows(RejectedExecutionException.class, () -> loop.submit(() -> {}));
        assertThrows(RejectedExecutionException.class, () -> loop.schedule(() -> {}, 1, TimeUnit.SECONDS));
        assertThrows(
                RejectedExecutionException.class, () -> loop.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.SECONDS));
        assertThrows(
                RejectedExecutionException.class, () -> loop.scheduleWithFixedDelay(() -> {}, 1, 1, TimeUnit.SECONDS));
        turn();
        assertEquals("task", task.get());
        now += 10;
        turn();
        assertEquals("timer", timer.get());
        assertTrue(loop.isTerminated());
        assertTrue(loop.awaitTermination(0, TimeUnit.NANOSECONDS));
        assertTrue(provider.current().closed);
    }

    @Test
    void shutdownCancelsPeriodicWorkWithItsFuture() throws Exception {
        ScheduledFuture<?> rate = loop.scheduleAtFixedRate(() -> log.add("rate"), 0, 1, TimeUnit.NANOSECONDS);
        ScheduledFuture<?> delay = loop.scheduleWithFixedDelay(() -> log.add("delay"), 0, 1, TimeUnit.NANOSECONDS);
        loop.schedule(() -> log.add("once"), 10, TimeUnit.NANOSECONDS);

        loop.shutdown();

        assertTrue(rate.isCancelled());
        assertTrue(delay.isCancelled());
        now += 10;
        turn();
        assertEquals(List.of("once"), log);
        assertTrue(loop.isTerminated());
    }

    @Test
    void shutdownOfARunningLoopEndsItOnItsOwnThread() throws Exception {
        Thread thread = loop.start();
        CountDownLatch go = new CountDownLatch(1);
        LoopThreads.block(loop, go);
        AtomicReference<Thread> ran = new AtomicReference<>();
        loop.execute(() -> ran.set(Thread.currentThread()));

        loop.shutdown();
        assertFalse(loop.isTerminated());
        go.countDown();

        assertTrue(loop.awaitTermination(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS));
        assertSame(thread, ran.get());
        thread.join();
    }

    @Test
    void shutdownOfALoopThatNobodyRunsEndsItAtOnceIfNothingIsPending() {
        loop.execute(() -> log.add("accepted"));

        loop.shutdown();

        assertTrue(loop.isTerminated());
        assertEquals(List.of("accepted"), log);
    }

    @Test
    void shutdownOnTheLoopThreadEndsTheLoop() throws Exception {
        Thread thread = loop.start();

        loop.execute(loop::shutdown);

        assertTrue(loop.awaitTermination(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS));
        thread.join();
    }

    @Test
    void shutdownNowReturnsWhatHasNotBegunAndInterruptsWhatHas() throws Exception {
        loop.start();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        loop.execute(() -> {
            begun.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        LoopThreads.await(begun);
        Runnable task = () -> log.add("task");
        loop.execute(task);
        Future<?> future = loop.submit(() -> log.add("future"));
        ScheduledFuture<?> timer = loop.schedule(() -> log.add("timer"), 1, TimeUnit.DAYS);

        List<Runnable> neverRun = loop.shutdownNow();

        assertTrue(soon(interrupted));
        assertTrue(loop.awaitTermination(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS));
        assertEquals(3, neverRun.size());
        assertTrue(neverRun.containsAll(List.of(task, future, timer)));
        assertEquals(List.of(), log);
        assertEquals(List.of(), loop.shutdownNow());
    }

    @Test
    void shutdownNowOfALoopThatNobodyRunsReturnsEverything() {
        Runnable task = () -> log.add("task");
        loop.execute(task);
        ScheduledFuture<?> timer = loop.schedule(() -> log.add("timer"), 0, TimeUnit.SECONDS);

        assertEquals(List.of(task, timer), loop.shutdownNow());

        assertTrue(loop.isTerminated());
        assertEquals(List.of(), log);
    }

    @Test
    void whatShutdownNowReturnsIsNotRunEvenIfItIsDueInTheSameTurn() throws Exception {
        AtomicReference<List<Runnable>> neverRun = new AtomicReference<>();
        loop.schedule(() -> neverRun.set(loop.shutdownNow()), 0, TimeUnit.SECONDS);
        ScheduledFuture<?> second = loop.schedule(() -> log.add("second"), 0, TimeUnit.SECONDS);
        Runnable task = () -> log.add("task");
        loop.execute(task);

        turn();

        assertEquals(List.of(task, second), neverRun.get());
        assertEquals(List.of(), log);
    }

    @Test
    void closeRunsTasksAndCancelsTimersWithTheirFutures() throws Exception {
        Future<String> task = loop.submit(() -> "task");
        ScheduledFuture<String> timer = loop.schedule(() -> "timer", 0, TimeUnit.SECONDS);
        ScheduledFuture<?> rate = loop.scheduleAtFixedRate(() -> {}, 0, 1, TimeUnit.SECONDS);

        loop.close();

        assertEquals("task", task.get());
        assertThrows(CancellationException.class, timer::get);
        assertThrows(CancellationException.class, rate::get);
    }

    @Test
    void closeAfterShutdownDoesNotWaitForTimers() throws Exception {
        Thread thread = loop.start();
        ScheduledFuture<String> timer = loop.schedule(() -> "timer", 1, TimeUnit.DAYS);
        loop.shutdown();

        loop.close();

        assertTrue(loop.isTerminated());
        assertThrows(CancellationException.class, timer::get);
        thread.join();
    }

    @Test
    void aLoopThatFailsLeavesNobodyWaiting() throws Exception {
        Thread thread = loop.start();
        CompletableFuture<Throwable> died = new CompletableFuture<>();
        thread.setUncaughtExceptionHandler((t, e) -> died.complete(e));
        CountDownLatch go = new CountDownLatch(1);
        LoopThreads.block(loop, go);
        loop.execute(() -> {
            throw new OutOfMemoryError("for the test");
        });
        Future<?> task = loop.submit(() -> log.add("task"));
        ScheduledFuture<?> timer = loop.schedule(() -> log.add("timer"), 1, TimeUnit.DAYS);
        CompletableFuture<Integer> ready = loop.ready(dev.pollux.Fd.of(3), dev.pollux.Events.READ);

        go.countDown();

        assertThrows(CancellationException.class, () -> soon(task));
        assertThrows(CancellationException.class, () -> soon(timer));
        assertThrows(CancellationException.class, () -> soon(ready));
        assertEquals("for the test", soon(died).getMessage());
        assertTrue(loop.awaitTermination(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS));
        RejectedExecutionException rejected =
                assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
        assertSame(died.get(), rejected.getCause());
        ExecutionException told = assertThrows(
                ExecutionException.class, () -> soon(loop.terminated().toCompletableFuture()));
        assertSame(died.get(), told.getCause());
    }

    @Test
    void aTaskThatFailsFatallyWhileTheLoopClosesLeavesNobodyWaiting() {
        loop.execute(() -> {
            throw new OutOfMemoryError("for the test");
        });
        Future<?> task = loop.submit(() -> log.add("task"));

        assertThrows(OutOfMemoryError.class, loop::close);

        assertThrows(CancellationException.class, () -> soon(task));
        assertTrue(loop.isTerminated());
    }

    @Test
    void aTimerThatIsAcceptedWhileTheLoopClosesLeavesNobodyWaiting() throws Exception {
        openByRealTime();
        LoopThreads.startAsleep(loop, provider);
        ScheduledFuture<?> earlier = loop.schedule(() -> {}, 365, TimeUnit.DAYS);
        LoopThreads.until(() -> loop.metrics().pendingTimers() == 1);
        LoopThreads.untilAsleep(provider);
        Thread closer = new Thread(loop::close);
        // The second timer is on its way to the loop when that ends.
        provider.afterWakeup = () -> {
            provider.afterWakeup = () -> {};
            closer.start();
            try {
                LoopThreads.until(earlier::isDone);
            } catch (TimeoutException e) {
                throw new IllegalStateException(e);
            }
        };

        ScheduledFuture<?> late = loop.schedule(() -> {}, 1, TimeUnit.DAYS);

        closer.join();
        assertThrows(CancellationException.class, () -> soon(late));
    }

    @Test
    void aPeriodicTimerThatThrowsWhileOthersWaitForItTellsThem() throws Exception {
        openByRealTime();
        loop.start();
        ScheduledFuture<?> rate = loop.scheduleAtFixedRate(
                () -> {
                    throw new IllegalStateException("first run");
                },
                0,
                1,
                TimeUnit.DAYS);

        assertThrows(ExecutionException.class, () -> soon(rate));
    }
}
