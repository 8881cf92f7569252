package dev.pollux.internal.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.ListeningScheduledExecutorService;
import com.google.common.util.concurrent.MoreExecutors;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What {@link ScheduledExecutorService} and {@link Future} promise, of the executor of a loop that goes on. */
class LoopExecutorTest extends ExecutorTests {

    // Submitting.

    @Test
    void submittedWorkRunsOnTheLoopThreadAndItsFutureHasTheResult() throws Exception {
        Thread thread = loop.start();

        assertSame(thread, soon(executor.submit(Thread::currentThread)));
        assertEquals("result", soon(executor.submit(() -> log.add("ran"), "result")));
        assertNull(soon(executor.submit(() -> log.add("ran too"), null)));
        assertEquals(List.of("ran", "ran too"), log);
    }

    @Test
    void whatSubmittedWorkThrowsIsInItsFutureAndNotWithTheFailureHandler() throws Exception {
        Future<?> future = executor.submit((Callable<Object>) () -> {
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

        List<Future<Integer>> futures = executor.invokeAll(List.of(() -> 1, failing, () -> 3));

        assertTrue(futures.stream().allMatch(Future::isDone));
        assertEquals(1, futures.get(0).get());
        assertThrows(ExecutionException.class, futures.get(1)::get);
        assertEquals(3, futures.get(2).get());
        assertEquals(List.of(), executor.invokeAll(List.<Callable<Integer>>of()));
    }

    @Test
    void invokeAllCancelsWhatIsNotDoneInTime() throws Exception {
        loop.start();
        CountDownLatch go = new CountDownLatch(1);

        List<Future<String>> futures = executor.invokeAll(
                List.of(
                        () -> {
                            go.await();
                            return "interrupted before";
                        },
                        () -> "never begun"),
                1,
                TimeUnit.MILLISECONDS);

        assertTrue(futures.stream().allMatch(Future::isCancelled));
        assertEquals("next", soon(executor.submit(() -> "next")));
    }

    @Test
    void invokeAnyReturnsTheFirstResultThereIs() throws Exception {
        loop.start();
        Callable<String> failing = () -> {
            throw new IOException("no result");
        };

        assertEquals("result", executor.invokeAny(List.of(failing, () -> "result")));
        assertThrows(ExecutionException.class, () -> executor.invokeAny(List.of(failing, failing)));
        assertThrows(IllegalArgumentException.class, () -> executor.invokeAny(List.<Callable<String>>of()));
    }

    @Test
    void invokeAnyThatHasNoResultInTimeThrows() {
        loop.start();
        CountDownLatch go = new CountDownLatch(1);
        Callable<String> blocking = () -> {
            go.await();
            return "too late";
        };

        assertThrows(TimeoutException.class, () -> executor.invokeAny(List.of(blocking), 1, TimeUnit.MILLISECONDS));
    }

    @Test
    void nullsFail() {
        Callable<Object> work = () -> 1;
        Runnable task = () -> {};

        assertThrows(NullPointerException.class, () -> executor.execute(null));
        assertThrows(NullPointerException.class, () -> executor.submit((Runnable) null));
        assertThrows(NullPointerException.class, () -> executor.submit((Callable<?>) null));
        assertThrows(NullPointerException.class, () -> executor.submit(null, "result"));
        assertThrows(NullPointerException.class, () -> executor.invokeAll(null));
        assertThrows(NullPointerException.class, () -> executor.invokeAll(Arrays.asList(work, null)));
        assertThrows(NullPointerException.class, () -> executor.invokeAll(List.of(work), 1, null));
        assertThrows(NullPointerException.class, () -> executor.invokeAny(null));
        assertThrows(NullPointerException.class, () -> executor.invokeAny(List.of(work), 1, null));
        assertThrows(NullPointerException.class, () -> executor.schedule((Runnable) null, 1, TimeUnit.SECONDS));
        assertThrows(NullPointerException.class, () -> executor.schedule((Callable<?>) null, 1, TimeUnit.SECONDS));
        assertThrows(NullPointerException.class, () -> executor.schedule(task, 1, null));
        assertThrows(NullPointerException.class, () -> executor.schedule(work, 1, null));
        assertThrows(NullPointerException.class, () -> executor.scheduleAtFixedRate(null, 1, 1, TimeUnit.SECONDS));
        assertThrows(NullPointerException.class, () -> executor.scheduleAtFixedRate(task, 1, 1, null));
        assertThrows(NullPointerException.class, () -> executor.scheduleWithFixedDelay(null, 1, 1, TimeUnit.SECONDS));
        assertThrows(NullPointerException.class, () -> executor.scheduleWithFixedDelay(task, 1, 1, null));
    }

    @Test
    void periodsAndDelaysThatAreNotPositiveFail() {
        Runnable task = () -> {};

        for (long notPositive : new long[] {0, -1, Long.MIN_VALUE}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> executor.scheduleAtFixedRate(task, 1, notPositive, TimeUnit.SECONDS));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> executor.scheduleWithFixedDelay(task, 1, notPositive, TimeUnit.SECONDS));
        }
        assertEquals(0, loop.metrics().pendingTimers());
    }

    // Scheduling.

    @Test
    void scheduledWorkRunsAtItsTimeAndItsFutureHasTheResult() throws Exception {
        ScheduledFuture<String> future = executor.schedule(() -> "result", 10, TimeUnit.NANOSECONDS);
        ScheduledFuture<?> task = executor.schedule((Runnable) () -> log.add("task"), 11, TimeUnit.NANOSECONDS);

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
        ScheduledFuture<String> late = executor.schedule(() -> "late", Long.MIN_VALUE, TimeUnit.DAYS);
        ScheduledFuture<String> never = executor.schedule(() -> "never", Long.MAX_VALUE, TimeUnit.DAYS);

        turn();

        assertEquals("late", late.get());
        now += Duration.ofDays(100 * 365).toNanos();
        turn();
        assertFalse(never.isDone());
        assertTrue(never.getDelay(TimeUnit.DAYS) > 0);
    }

    @Test
    void futuresAreOrderedByTheirDelay() {
        ScheduledFuture<?> sooner = executor.schedule(() -> {}, 1, TimeUnit.SECONDS);
        ScheduledFuture<?> later = executor.schedule(() -> {}, 2, TimeUnit.SECONDS);
        now += Duration.ofMillis(1500).toNanos();

        assertEquals(500, later.getDelay(TimeUnit.MILLISECONDS));
        assertEquals(-500, sooner.getDelay(TimeUnit.MILLISECONDS));
        assertTrue(sooner.compareTo(later) < 0);
        assertTrue(later.compareTo(sooner) > 0);
    }

    @Test
    void futuresKnowWhetherTheyArePeriodic() {
        RunnableScheduledFuture<?> once = (RunnableScheduledFuture<?>) executor.schedule(() -> {}, 1, TimeUnit.SECONDS);
        RunnableScheduledFuture<?> rate =
                (RunnableScheduledFuture<?>) executor.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.SECONDS);

        assertFalse(once.isPeriodic());
        assertTrue(rate.isPeriodic());
    }

    @Test
    void fixedRateRunsAtMultiplesAndFixedDelayAfterEachRun() throws Exception {
        executor.scheduleAtFixedRate(
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

        executor.shutdownNow();
        now = 0;
        openLoop();
        executor.scheduleWithFixedDelay(
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
    void periodicWorkThatThrowsIsNotRunAgainAndItsFutureHasTheCause() throws Exception {
        ScheduledFuture<?> rate = executor.scheduleAtFixedRate(
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
        Future<?> task = executor.submit(() -> log.add("task"));
        ScheduledFuture<?> timer = executor.schedule(() -> log.add("timer"), 0, TimeUnit.NANOSECONDS);
        ScheduledFuture<?> rate = executor.scheduleAtFixedRate(() -> log.add("rate"), 0, 1, TimeUnit.NANOSECONDS);

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
        Future<String> future = executor.submit(() -> "result");
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
        Future<?> future = executor.submit(() -> {
            begun.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        await(begun);

        assertTrue(future.cancel(true));

        assertTrue(soon(interrupted));
        assertFalse(soon(executor.submit(() -> Thread.currentThread().isInterrupted())));
    }

    @Test
    void cancelWithoutInterruptLetsRunningWorkEnd() throws Exception {
        loop.start();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Future<?> future = executor.submit(() -> {
            begun.countDown();
            await(go);
            log.add("ended");
        });
        await(begun);

        assertTrue(future.cancel(false));
        assertThrows(CancellationException.class, future::get);
        go.countDown();
        soon(executor.submit(() -> {}));

        assertEquals(List.of("ended"), log);
    }

    @Test
    void periodicWorkCancelsItself() throws Exception {
        AtomicReference<Future<?>> self = new AtomicReference<>();
        self.set(executor.scheduleAtFixedRate(
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
    void waitingOnTheLoopThreadForWorkOfTheLoopFails() throws Exception {
        Future<String> later = executor.submit(() -> "later");
        ScheduledFuture<String> timer = executor.schedule(() -> "timer", 1, TimeUnit.DAYS);
        AtomicInteger refused = new AtomicInteger();
        Runnable waits = () -> {
            assertThrows(IllegalStateException.class, timer::get);
            assertThrows(IllegalStateException.class, () -> timer.get(1, TimeUnit.SECONDS));
            assertThrows(IllegalStateException.class, () -> executor.invokeAll(List.of(() -> 1)));
            refused.incrementAndGet();
        };
        executor.schedule(waits, 0, TimeUnit.SECONDS);

        turn();

        assertEquals(1, refused.get(), log::toString);
        assertEquals("later", later.get());
    }

    @Test
    void aResultThatIsThereCanBeHadOnTheLoopThread() throws Exception {
        Future<String> first = executor.submit(() -> "first");
        Future<String> second = executor.submit(() -> first.get() + " and second");

        turn();

        assertEquals("first and second", second.get());
    }

    @Test
    void invokeAnyOnTheLoopThreadFailsInsteadOfHanging() throws Exception {
        loop.start();
        Future<Boolean> refused = executor.submit(() -> {
            assertThrows(IllegalStateException.class, () -> executor.invokeAny(List.of(() -> 1)));
            assertThrows(IllegalStateException.class, () -> executor.invokeAny(List.of(() -> 1), 1, TimeUnit.MINUTES));
            return true;
        });

        assertTrue(soon(refused));
    }

    // As the executor of others.

    @Test
    void listeningDecoratorWorksOnALoop() throws Exception {
        Thread thread = loop.start();
        ListeningScheduledExecutorService listening = MoreExecutors.listeningDecorator(executor);
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

        CompletableFuture<Thread> stage = CompletableFuture.supplyAsync(() -> "a", executor)
                .thenApplyAsync(a -> Thread.currentThread(), executor);

        assertSame(thread, soon(stage));
    }

    // On the thread of a loop that has other things to do.

    @Test
    void runsThatAreMadeUpForLeaveTheTurnItsEnd() throws Exception {
        executor.scheduleAtFixedRate(() -> log.add("rate"), 1, 1, TimeUnit.NANOSECONDS);
        now += 1_000_000;
        Future<?> task = executor.submit(() -> log.add("task"));

        turn();

        assertFalse(task.isDone());
        assertTrue(log.size() < 2000, () -> log.size() + " runs in one turn");
    }

    @Test
    void anInterruptThatNoCancellationHasSentIsKeptForTheCallerOfTheLoop() throws Exception {
        executor.execute(() -> Thread.currentThread().interrupt());

        turn();

        assertTrue(Thread.interrupted());
    }

    @Test
    void aFutureOfOneExecutorRunsOnAnother() throws Exception {
        ScheduledFuture<String> timer = executor.schedule(() -> "timer", 1, TimeUnit.DAYS);

        loop.executor().execute((Runnable) timer);
        turn();

        assertEquals("timer", timer.get());
        assertEquals(0, loop.metrics().pendingTimers());
    }
}
