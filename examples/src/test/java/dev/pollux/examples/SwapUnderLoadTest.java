package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopFailure;
import dev.pollux.loop.LoopMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A loop that changes its backend all the time, while everything that it can do is asked of it.
 *
 * <p>{@code -Dpollux.swap.seconds=60} makes it last that long, 10 s by default.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class SwapUnderLoadTest {

    private static final int SECONDS = Integer.getInteger("pollux.swap.seconds", 10);
    private static final Duration PERIOD = Duration.ofMillis(10);
    private static final Duration SOON = Duration.ofSeconds(30);

    /** A tenth of what is asked for: fewer would not be a swap all the time, on however busy a machine. */
    private static final int SWAPS_PER_SECOND = 10;

    private static final String FOR_FEW = "select";

    @Test
    void nothingIsLostLateOrLeftBehind() throws Exception {
        List<String> round =
                Backends.usable().filter(name -> !name.equals(FOR_FEW)).toList();

        assertSwapsUnnoticed(round, Clients.connectionsThatFit(1000), Duration.ofSeconds(SECONDS));
    }

    @Test
    void norWithABackendThatHoldsFewDescriptors() throws Exception {
        List<String> round = Backends.usable().toList();

        assertSwapsUnnoticed(round, 200, Duration.ofMillis(SECONDS * 200L));
    }

    private static void assertSwapsUnnoticed(List<String> round, int connections, Duration duration) throws Exception {
        assertTrue(round.size() > 1, () -> "there is nothing to swap to: " + round);
        Queue<LoopFailure> failures = new ConcurrentLinkedQueue<>();
        TimerWatch watch = new TimerWatch();
        EventLoop loop = EventLoop.builder()
                .backend(round.get(0))
                .threadName("swapped")
                .beforeWait(watch::beforeWait)
                .afterWait(watch::afterWait)
                .failureHandler(failures::add)
                .open();
        loop.execute(() -> watch.startTimers(loop));
        TaskFeeder feeder = new TaskFeeder(loop);
        FutureTask<Long> feeding = new FutureTask<>(feeder);
        new Thread(feeding, "feeding").start();

        SwapRun run = SwapRun.take(loop, round, PERIOD, connections, duration, SOON, messages -> {});

        assertNull(run.problem());
        assertEquals(0, run.bytesLost());
        assertTrue(run.messages() >= connections, run::toString);
        assertEquals(run.descriptorsBefore(), run.descriptorsAfter());
        LoopMetrics metrics = loop.metrics();
        long swaps = metrics.selector().swaps();
        assertTrue(swaps * 1000 > SWAPS_PER_SECOND * duration.toMillis(), () -> swaps + " swaps in " + duration);
        watch.assertNoneLate();
        assertTrue(metrics.longestTimerLagNanos() <= watch.longestTurnNanos, () -> metrics + ", " + watch);
        assertEquals(feeding.get(SOON.toMillis(), TimeUnit.MILLISECONDS), feeder.run);
        assertEquals(0, feeder.outOfOrder);
        assertEquals(List.of(), List.copyOf(failures));
        System.out.println(run + ", " + metrics + ", " + watch + ", " + feeder.run + " tasks");
    }

    /**
     * Tells whether a timer waits for a turn longer than it must, by the turns alone, however long they take.
     *
     * <p>A turn reads the clock after the one before it has ended. So a deadline that had passed by the end of turn
     * {@code n} is seen to in turn {@code n + 1}, and a timer that runs in {@code n + 2} all the same is late.
     *
     * <p><b>Thread:</b> the loop's until the loop has ended.
     */
    private static final class TimerWatch {

        private final List<WatchedTimer> timers = new ArrayList<>();
        private long endOfLast = System.nanoTime();
        private long endOfLastButOne = endOfLast;

        /** How long it is at most from the clock reading of one turn to that of the next. */
        long longestTurnNanos;

        void startTimers(EventLoop loop) {
            for (int millis : new int[] {1, 3, 10}) {
                Duration period = Duration.ofMillis(millis);
                WatchedTimer atRate = watched(period);
                loop.scheduleAtFixedRate(period, period, atRate);
                WatchedTimer withDelay = watched(period);
                loop.scheduleWithFixedDelay(period, period, withDelay);
                WatchedTimer again = watched(period);
                again.afterwards = () -> scheduleUnlessClosed(loop, period, again);
                loop.schedule(period, again);
            }
        }

        /** The run ends with a close, which may come while a timer runs. */
        private static void scheduleUnlessClosed(EventLoop loop, Duration delay, Runnable timer) {
            try {
                loop.schedule(delay, timer);
            } catch (RejectedExecutionException closed) {
                assertFalse(loop.isOpen());
            }
        }

        private WatchedTimer watched(Duration period) {
            WatchedTimer timer = new WatchedTimer(period);
            timers.add(timer);
            return timer;
        }

        void beforeWait() {
            long now = System.nanoTime();
            longestTurnNanos = Math.max(longestTurnNanos, now - endOfLastButOne);
            timers.forEach(timer -> timer.scheduledBy(now));
        }

        void afterWait() {
            endOfLastButOne = endOfLast;
            endOfLast = System.nanoTime();
        }

        void assertNoneLate() {
            for (WatchedTimer timer : timers) {
                assertTrue(timer.runs > 0, () -> "a timer of " + timer.period + " never ran");
                assertEquals(0, timer.late, () -> "runs of a timer of " + timer.period + " that were late by a turn");
            }
        }

        @Override
        public String toString() {
            return timers.stream().mapToLong(timer -> timer.runs).sum() + " watched timers run, longest turn "
                    + longestTurnNanos / 1000 + " us";
        }

        private final class WatchedTimer implements Runnable {

            private final Duration period;
            private Runnable afterwards = () -> {};
            private boolean scheduled = true;
            private long latestDeadline;
            private long runs;
            private long late;

            WatchedTimer(Duration period) {
                this.period = period;
            }

            /** Its next deadline was set in this turn, by a clock that was not ahead of this one. */
            void scheduledBy(long now) {
                if (scheduled) {
                    scheduled = false;
                    latestDeadline = now + period.toNanos();
                }
            }

            @Override
            public void run() {
                runs++;
                if (!scheduled && latestDeadline - endOfLastButOne <= 0) {
                    late++;
                }
                scheduled = true;
                afterwards.run();
            }
        }
    }

    /** Gives tasks to a loop until it takes no more, and waits for every tenth: a wakeup that is lost would show. */
    private static final class TaskFeeder implements Callable<Long> {

        private final EventLoop loop;

        // The loop thread's until the loop has ended.
        private long run;
        private long outOfOrder;

        TaskFeeder(EventLoop loop) {
            this.loop = loop;
        }

        /** Returns how many were accepted. */
        @Override
        public Long call() throws Exception {
            long accepted = 0;
            try {
                while (true) {
                    for (int i = 0; i < 9; i++) {
                        long number = accepted;
                        loop.execute(() -> take(number));
                        accepted++;
                    }
                    long number = accepted;
                    FutureTask<Boolean> last = new FutureTask<>(() -> take(number), true);
                    loop.execute(last);
                    accepted++;
                    last.get(SOON.toMillis(), TimeUnit.MILLISECONDS);
                    LockSupport.parkNanos(1_000_000);
                }
            } catch (RejectedExecutionException loopHasEnded) {
                return accepted;
            }
        }

        private void take(long number) {
            if (number != run) {
                outOfOrder++;
            }
            run++;
        }
    }
}
