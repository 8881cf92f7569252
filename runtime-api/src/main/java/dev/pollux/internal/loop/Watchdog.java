package dev.pollux.internal.loop;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks from a daemon thread of its own whether a loop still turns, and reports once per stall what holds it up.
 *
 * <p>It needs nothing of the loop but the count of its turns. A turn that is seen twice, with the threshold in between
 * and the loop not waiting, has taken that long at least.
 */
final class Watchdog {

    private static final Logger log = LoggerFactory.getLogger(Failures.LOGGER);

    private final LoopInfo loop;
    private final Lifecycle life;
    private final CurrentWork work;
    private final LongSupplier turns;
    private final CountDownLatch ended;
    private final long thresholdNanos;

    private volatile long stalls;

    Watchdog(
            LoopInfo loop,
            Lifecycle life,
            CurrentWork work,
            LongSupplier turns,
            CountDownLatch ended,
            long thresholdNanos) {
        this.loop = loop;
        this.life = life;
        this.work = work;
        this.turns = turns;
        this.ended = ended;
        this.thresholdNanos = thresholdNanos;
    }

    /** Watches until the loop has ended. */
    void start() {
        Thread watching = new Thread(this::watch, loop.name + "-watchdog");
        watching.setDaemon(true);
        watching.start();
    }

    private void watch() {
        long seenTurn = -1;
        long reportedTurn = -1;
        while (!hasEnded()) {
            Thread thread = life.driver();
            long turn = turns.getAsLong();
            if (thread == null || work.isWaiting()) {
                seenTurn = -1;
                continue;
            }
            if (turn == seenTurn && turn != reportedTurn) {
                reportedTurn = turn;
                report(thread);
            }
            seenTurn = turn;
        }
    }

    /** Waits for the threshold, or until the loop has ended. Returns whether it has. */
    private boolean hasEnded() {
        while (true) {
            try {
                return ended.await(thresholdNanos, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                // Means nothing to a thread of our own; but the whole threshold has to pass.
            }
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // Only this thread writes it.
    private void report(Thread thread) {
        StringBuilder stack = new StringBuilder();
        String callback = work.describe();
        LoopDump.appendStack(stack, thread);
        log.warn(
                "{} has not turned for {} ms, backend={} callback={}\n{}",
                loop.name,
                Duration.ofNanos(thresholdNanos).toMillis(),
                loop.backend(),
                callback,
                stack);
        JfrEvents.stall(loop.name, loop.backend(), callback, thresholdNanos);
        stalls++;
    }

    long stalls() {
        return stalls;
    }
}
