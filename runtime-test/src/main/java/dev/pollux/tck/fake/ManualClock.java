package dev.pollux.tck.fake;

import dev.pollux.NanoClock;
import dev.pollux.spi.Timeouts;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands still until it is moved. It may start just before its count wraps, which is where arithmetic on
 * deadlines goes wrong.
 *
 * <p><b>Thread:</b> any.
 */
public final class ManualClock implements NanoClock {

    private final AtomicLong now;

    private ManualClock(long startNanos) {
        this.now = new AtomicLong(startNanos);
    }

    /** Returns a clock that shows {@code startNanos}, which may be any number. */
    public static ManualClock startingAt(long startNanos) {
        return new ManualClock(startNanos);
    }

    @Override
    public long nanoTime() {
        return now.get();
    }

    /**
     * Moves the clock on to {@code nanos}.
     *
     * @throws IllegalArgumentException if it is past that already
     */
    public void set(long nanos) {
        long from = now.get();
        if (nanos - from < 0) {
            throw new IllegalArgumentException(
                    "the clock is at " + from + " and cannot go back to " + nanos + "; use another clock");
        }
        now.set(nanos);
    }

    /**
     * Moves the clock on by {@code time}.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("the clock cannot go back by " + time + "; use another clock");
        }
        advanceNanos(Timeouts.nanos(time));
    }

    /** Moves the clock on by {@code nanos}, which must not be negative; the count may wrap. */
    void advanceNanos(long nanos) {
        now.addAndGet(nanos);
    }

    @Override
    public String toString() {
        return "ManualClock[" + now + " ns]";
    }
}
