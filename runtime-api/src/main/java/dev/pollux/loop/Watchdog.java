package dev.pollux.loop;

import com.google.common.util.concurrent.Uninterruptibles;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks from a daemon thread of its own whether a loop still turns, and tells once per stall what holds it up.
 *
 * <p>It needs nothing of the loop but the count of its turns. A turn that is seen twice, with the threshold in between
 * and the loop not waiting, has taken that long at least.
 */
final class Watchdog {

    private static final Logger log = LoggerFactory.getLogger(EventLoop.class);

    private final LoopCore loop;
    private final long thresholdNanos;

    private volatile long stalls;

    Watchdog(LoopCore loop, long thresholdNanos) {
        this.loop = loop;
        this.thresholdNanos = thresholdNanos;
    }

    /** Watches until the loop has ended. */
    void start() {
        Thread watching = new Thread(this::watch, loop.name + "-watchdog");
        watching.setDaemon(true);
        watching.start();
    }

    private void watch() {
        CountDownLatch ended = loop.ended;
        long seenTurn = -1;
        long reportedTurn = -1;
        while (!Uninterruptibles.awaitUninterruptibly(ended, thresholdNanos, TimeUnit.NANOSECONDS)) {
            Thread thread = loop.thread();
            long turn = loop.turns();
            if (thread == null || loop.activity.isWaiting()) {
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

    @SuppressWarnings("NonAtomicVolatileUpdate") // Only this thread writes it.
    private void report(Thread thread) {
        StringBuilder stack = new StringBuilder();
        String callback = loop.activity.describe();
        LoopDump.appendStack(stack, thread);
        log.warn(
                "{} has not turned for {} ms, backend={} callback={}\n{}",
                loop.name,
                Duration.ofNanos(thresholdNanos).toMillis(),
                loop.backend(),
                callback,
                stack);
        Recordings.stall(loop.name, loop.backend(), callback, thresholdNanos);
        stalls++;
    }

    long stalls() {
        return stalls;
    }
}
