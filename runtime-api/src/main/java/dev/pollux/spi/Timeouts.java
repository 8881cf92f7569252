package dev.pollux.spi;

import java.time.Duration;
import java.util.Objects;

/** Conversions of timeouts, so that no backend gets them wrong in its own way. */
public final class Timeouts {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private Timeouts() {}

    /**
     * Returns {@code timeout} in nanoseconds: negative ones as 0, those over 292 years as {@link Long#MAX_VALUE}, which
     * waits without limit.
     *
     * @throws NullPointerException if it is null; the message says how to wait without limit
     */
    public static long nanos(Duration timeout) {
        Objects.requireNonNull(
                timeout,
                "timeout is null; to wait without limit, leave it out or use Duration.ofSeconds(Long.MAX_VALUE)");
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
        long millis = timeoutNanos / NANOS_PER_MILLI + (timeoutNanos % NANOS_PER_MILLI == 0 ? 0 : 1);
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }
}
