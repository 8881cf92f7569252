package dev.pollux.spi;

import com.google.common.math.LongMath;
import com.google.common.primitives.Ints;
import java.math.RoundingMode;
import java.time.Duration;

/** Conversions of timeouts, so that no backend gets them wrong in its own way. */
public final class Timeouts {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private Timeouts() {}

    /** Returns {@code timeout} in nanoseconds: negative ones as 0, those over 292 years as {@link Long#MAX_VALUE}. */
    public static long nanos(Duration timeout) {
        if (timeout.isNegative()) {
            return 0;
        }
        return timeout.compareTo(LONGEST) >= 0 ? Long.MAX_VALUE : timeout.toNanos();
    }

    /**
     * Returns a wait in whole milliseconds for calls such as poll(2): rounded up, so that a wait is never too short and
     * never spins, and cut to what an {@code int} holds, about 24.8 days.
     *
     * @param timeoutNanos zero or more
     */
    public static int millisRoundedUp(long timeoutNanos) {
        return Ints.saturatedCast(LongMath.divide(timeoutNanos, NANOS_PER_MILLI, RoundingMode.CEILING));
    }
}
