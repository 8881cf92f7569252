package dev.pollux.internal.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.testing.GcFinalization;
import dev.pollux.Selectors;
import dev.pollux.internal.selector.ScriptedProvider;
import dev.pollux.loop.EventLoop;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** How an executor of a loop ends: by itself, which the loop survives, or with the loop. */
class LoopExecutorEndTest extends ExecutorTests {

    // By itself.

    @Test
    void shutdownRunsWhatWasAcceptedAndTakesNothingMore() throws Exception {
        Future<String> task = executor.submit(() -> "task");
        ScheduledFuture<String> timer = executor.schedule(() -> "timer", 10, TimeUnit.NANOSECONDS);

        executor.shutdown();
        executor.shutdown();

        assertTrue(executor.isShutdown());
        assertFalse(executor.isTerminated());
        assertFalse(executor.awaitTermination(0, TimeUnit.NANOSECONDS));
        assertThrows(RejectedExecutionException.class, () -> executor.execute(() -> {}));
        assertThrows(RejectedExecutionException.class, () -> executor.submit(() -> {}));
        assertThrows(RejectedExecutionException.class, () -> executor.schedule(() -> {}, 1, TimeUnit.SECONDS));
        assertThrows(
                RejectedExecutionException.class, () -> executor.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.SECONDS));
        assertThrows(
                RejectedExecutionException.class,
                () -> executor.scheduleWithFixedDelay(() -> {}, 1, 1, TimeUnit.SECONDS));
        turn();
        assertEquals("task", task.get());
        assertFalse(executor.isTerminated());
        now += 10;
        turn();
        assertEquals("timer", timer.get());
        assertTrue(executor.isTerminated());
        assertTrue(executor.awaitTermination(0, TimeUnit.NANOSECONDS));
    }

    @Test
    void theLoopAndItsOtherExecutorsOutliveAnExecutor() throws Exception {
        ScheduledExecutorService other = loop.executor();

        executor.shutdownNow();

        Future<String> task = other.submit(() -> "task");
        loop.execute(() -> log.add("loop"));
        turn();
        assertEquals("task", task.get());
        assertEquals(List.of("loop"), log);
        assertTrue(executor.isTerminated());
        assertFalse(other.isShutdown());
        assertTrue(loop.isOpen());
    }

    @Test
    void shutdownCancelsPeriodicTasksBeforeItReturns() throws Exception {
        loop.start();
        ScheduledFuture<?> rate = executor.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.DAYS);
        ScheduledFuture<?> delay = executor.scheduleWithFixedDelay(() -> {}, 1, 1, TimeUnit.DAYS);

        executor.shutdown();

        assertTrue(rate.isCancelled());
        assertTrue(delay.isCancelled());
        assertTrue(executor.isTerminated());
    }

    @Test
    void aPeriodicTaskThatShutsDownIsCancelledAfterItsRun() throws Exception {
        ScheduledFuture<?> rate = executor.scheduleAtFixedRate(executor::shutdown, 0, 1, TimeUnit.NANOSECONDS);

        turn();

        assertTrue(rate.isCancelled());
        assertTrue(executor.isTerminated());
        assertEquals(0, loop.metrics().pendingTimers());
    }

    @Test
    void shutdownNowReturnsWhatHasNotBegunAndInterruptsWhatHas() throws Exception {
        loop.start();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Future<?> running = executor.submit(() -> {
            begun.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        await(begun);
        executor.execute(() -> log.add("task"));
        Future<?> future = executor.submit(() -> log.add("future"));
        ScheduledFuture<?> timer = executor.schedule(() -> log.add("timer"), 1, TimeUnit.DAYS);

        List<Runnable> notBegun = executor.shutdownNow();

        assertEquals(3, notBegun.size());
        assertTrue(((RunnableScheduledFuture<?>) notBegun.get(0)).getDelay(TimeUnit.NANOSECONDS) <= 0);
        assertEquals(List.of(future, timer), notBegun.subList(1, 3));
        assertTrue(soon(interrupted));
        soon(running);
        assertTrue(executor.awaitTermination(WATCHDOG_SECONDS, TimeUnit.SECONDS));
        assertFalse(soon(loop.executor().submit(() -> Thread.currentThread().isInterrupted())));
        assertEquals(List.of(), log);
        assertEquals(List.of(), executor.shutdownNow());
    }

    @Test
    void shutdownNowReturnsAtOnceWhateverTheRunningTaskDoes() throws Exception {
        loop.start();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        executor.execute(() -> {
            begun.countDown();
            boolean heedless = true;
            while (heedless) {
                try {
                    go.await();
                    heedless = false;
                } catch (InterruptedException e) {
                    log.add("interrupted");
                }
            }
        });
        await(begun);
        Future<?> waiting = executor.submit(() -> log.add("waiting"));

        assertEquals(List.of(waiting), executor.shutdownNow());

        assertFalse(executor.isTerminated());
        go.countDown();
        assertTrue(executor.awaitTermination(WATCHDOG_SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void whatShutdownNowReturnsRunsNeitherInTheLoopNorByHand() throws Exception {
        AtomicReference<List<Runnable>> notBegun = new AtomicReference<>();
        executor.schedule(() -> notBegun.set(executor.shutdownNow()), 0, TimeUnit.SECONDS);
        ScheduledFuture<?> second = executor.schedule(() -> log.add("second"), 0, TimeUnit.SECONDS);
        Future<?> third = executor.submit(() -> log.add("third"));

        turns();

        assertEquals(List.of(second, third), notBegun.get());
        assertFalse(second.isDone());
        notBegun.get().forEach(Runnable::run);
        assertTrue(second.isCancelled());
        assertEquals(List.of(), log);
    }

    @Test
    void cancellingTheLastTaskOfAnExecutorThatIsShutDownTerminatesIt() {
        ScheduledFuture<?> timer = executor.schedule(() -> {}, 1, TimeUnit.DAYS);
        executor.shutdown();
        assertFalse(executor.isTerminated());

        timer.cancel(false);

        assertTrue(executor.isTerminated());
        assertEquals(0, loop.metrics().pendingTimers());
    }

    @Test
    void waitingOnTheLoopThreadForTheEndFailsInsteadOfHanging() throws Exception {
        loop.start();
        Future<String> message = executor.submit(() -> assertThrows(
                        IllegalStateException.class, () -> executor.awaitTermination(1, TimeUnit.DAYS))
                .getMessage());

        assertTrue(soon(message).contains("wait on another thread"));
        assertFalse(soon(executor.submit(() -> executor.awaitTermination(0, TimeUnit.DAYS))));
    }

    // With the loop.

    @Test
    void shutdownOfTheLoopShutsItsExecutorsDown() throws Exception {
        ScheduledFuture<String> timer = executor.schedule(() -> "timer", 10, TimeUnit.NANOSECONDS);
        ScheduledFuture<?> rate = executor.scheduleAtFixedRate(() -> {}, 0, 1, TimeUnit.NANOSECONDS);
        Future<String> task = executor.submit(() -> "task");

        loop.shutdown();

        assertTrue(executor.isShutdown());
        assertTrue(rate.isCancelled());
        assertTrue(loop.executor().isTerminated());
        turn();
        now += 10;
        turn();
        assertEquals("task", task.get());
        assertEquals("timer", timer.get());
        assertTrue(executor.isTerminated());
        assertTrue(loop.isTerminated());
    }

    @Test
    void theEndOfTheLoopCancelsWhatHasNotRunAndTerminatesItsExecutors() throws Exception {
        ScheduledExecutorService idle = loop.executor();
        Future<String> task = executor.submit(() -> "task");
        ScheduledFuture<String> timer = executor.schedule(() -> "timer", 1, TimeUnit.DAYS);
        ScheduledFuture<?> rate = executor.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.DAYS);

        loop.close();

        assertEquals("task", task.get());
        assertThrows(CancellationException.class, timer::get);
        assertThrows(CancellationException.class, rate::get);
        assertTrue(executor.isTerminated());
        assertTrue(idle.isTerminated());
        assertTrue(loop.executor().isTerminated());
        RejectedExecutionException rejected =
                assertThrows(RejectedExecutionException.class, () -> idle.execute(() -> {}));
        assertTrue(rejected.getMessage().contains("has ended"), rejected::getMessage);
    }

    @Test
    void aTaskThatIsDueRunsBeforeALoopThatClosesHasEndedAlsoIfATimerIsDueBeforeIt() throws Exception {
        ScheduledFuture<String> timer = executor.schedule(() -> "timer", 10, TimeUnit.NANOSECONDS);
        now += 20;
        Future<String> task = executor.submit(() -> "task");

        loop.close();

        assertEquals("timer", timer.get());
        assertEquals("task", task.get());
    }

    @Test
    void aFutureThatWasExecutedIsCancelledByTheEndOfTheLoop() {
        FutureTask<String> mine = new FutureTask<>(() -> "mine");
        executor.execute(() -> {
            throw new OutOfMemoryError("for the test");
        });
        executor.execute(mine);

        assertThrows(OutOfMemoryError.class, this::turn);

        assertTrue(mine.isCancelled());
        assertTrue(executor.isTerminated());
    }

    @Test
    void invokeAnyAndInvokeAllDoNotOutwaitTheLoop() throws Exception {
        loop.start();
        block(new CountDownLatch(1));
        CompletableFuture<Throwable> any = new CompletableFuture<>();
        CompletableFuture<Boolean> all = new CompletableFuture<>();
        Callable<String> work = () -> "work";
        new Thread(() -> any.complete(assertThrows(ExecutionException.class, () -> executor.invokeAny(List.of(work)))))
                .start();
        new Thread(() -> {
                    try {
                        all.complete(executor.invokeAll(List.of(work)).get(0).isCancelled());
                    } catch (InterruptedException e) {
                        all.completeExceptionally(e);
                    }
                })
                .start();
        until(() -> loop.metrics().pendingTasks() == 2);

        loop.shutdownNow();

        assertTrue(soon(all));
        assertSame(CancellationException.class, soon(any).getCause().getClass());
    }

    @Test
    void awaitTerminationReturnsWhenTheLoopEnds() throws Exception {
        loop.start();
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        CountDownLatch waits = new CountDownLatch(1);
        Thread waiter = new Thread(() -> {
            waits.countDown();
            try {
                ended.complete(executor.awaitTermination(WATCHDOG_SECONDS, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                ended.completeExceptionally(e);
            }
        });
        waiter.start();
        await(waits);

        loop.close();

        assertTrue(soon(ended));
    }

    @Test
    void whatAnExecutedTaskThrowsGoesToTheFailureHandler() throws Exception {
        executor.execute(() -> {
            throw new IllegalStateException("first");
        });
        executor.execute(() -> log.add("second"));

        turn();

        assertEquals(List.of("failure first", "second"), log);
    }

    @Test
    void aLoopWithoutPlaceForTheNextRunOfAPeriodicTaskFailsItsFuture() throws Exception {
        loop.close();
        loop = EventLoop.builder()
                .selector(Selectors.open(ScriptedProvider.withEverything()))
                .clock(() -> now)
                .timerLimit(1)
                .open();
        executor = loop.executor();
        ScheduledFuture<?> rate = executor.scheduleAtFixedRate(
                () -> executor.schedule(() -> {}, 1, TimeUnit.DAYS), 0, 1, TimeUnit.NANOSECONDS);
        turn();

        ExecutionException full = assertThrows(ExecutionException.class, rate::get);
        assertSame(RejectedExecutionException.class, full.getCause().getClass());
    }

    // Java 19 made executors closeable.

    @Test
    @EnabledForJreRange(min = JRE.JAVA_19)
    void closeReturnsWhenWhatWasAcceptedHasRun() throws Exception {
        loop.start();
        Future<String> task = executor.submit(() -> "task");

        ((AutoCloseable) (Object) executor).close();

        assertEquals("task", task.get(0, TimeUnit.SECONDS));
        assertTrue(executor.isTerminated());
        assertTrue(loop.isOpen());
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_19)
    void closeOnTheLoopThreadFailsInsteadOfHanging() throws Exception {
        loop.start();

        assertSame(
                IllegalStateException.class,
                soon(executor.submit(
                        () -> assertThrows(IllegalStateException.class, ((AutoCloseable) (Object) executor)::close)
                                .getClass())));
        assertTrue(executor.awaitTermination(WATCHDOG_SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void anExecutorThatIsForgottenIsLetGo() {
        WeakReference<ScheduledExecutorService> forgotten = new WeakReference<>(loop.executor());

        GcFinalization.awaitClear(forgotten);
    }
}
