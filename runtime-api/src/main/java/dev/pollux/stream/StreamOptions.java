package dev.pollux.stream;

import dev.pollux.spi.Timeouts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of connections. Each method returns new ones.
 *
 * <p><b>Thread:</b> any.
 */
public final class StreamOptions {

    static final long NO_TIMEOUT = Long.MAX_VALUE;

    private static final StreamOptions DEFAULTS = new StreamOptions(
            16 * 1024,
            64 * 1024,
            Long.MAX_VALUE,
            true,
            NO_TIMEOUT,
            Duration.ofSeconds(2).toNanos());

    private final long lowWater;
    private final long highWater;
    private final long queueLimit;
    private final boolean pausing;
    private final long idleNanos;
    private final long lingerNanos;

    private StreamOptions(
            long lowWater, long highWater, long queueLimit, boolean pausing, long idleNanos, long lingerNanos) {
        this.lowWater = lowWater;
        this.highWater = highWater;
        this.queueLimit = queueLimit;
        this.pausing = pausing;
        this.idleNanos = idleNanos;
        this.lingerNanos = lingerNanos;
    }

    /** Returns the defaults, as the methods say. */
    public static StreamOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Says when producers of what is sent should stop and go on, in bytes that wait. The default is 16 KiB and 64 KiB.
     *
     * @throws IllegalArgumentException if {@code low} is negative, or {@code high} is not above it
     */
    public StreamOptions waterMarks(long low, long high) {
        if (low < 0 || high <= low) {
            throw new IllegalArgumentException("water marks " + low + " and " + high + " are not 0 <= low < high");
        }
        return new StreamOptions(low, high, queueLimit, pausing, idleNanos, lingerNanos);
    }

    /**
     * Closes a connection for which more bytes than this would wait: its peer is too slow for what is sent to it regardless of
     * it. The default is no limit, because of which the high-water mark matters.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public StreamOptions queueLimit(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("queueLimit " + bytes + " is less than 1");
        }
        return new StreamOptions(lowWater, highWater, bytes, pausing, idleNanos, lingerNanos);
    }

    /**
     * Says whether nothing is received from a peer above its high-water mark, until it is down to the low one. The default is
     * true: whoever asks and does not read the answers is not heard meanwhile.
     */
    public StreamOptions pauseAboveHighWater(boolean pause) {
        return new StreamOptions(lowWater, highWater, queueLimit, pause, idleNanos, lingerNanos);
    }

    /**
     * Closes a connection with {@link java.net.SocketTimeoutException} when nothing was received and nothing sent for so long.
     * Bytes that wait do not count as sent. The default is never.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public StreamOptions idleTimeout(Duration timeout) {
        return new StreamOptions(
                lowWater, highWater, queueLimit, pausing, positive("idleTimeout", timeout), lingerNanos);
    }

    /**
     * Limits how long {@link Connection#closeWhenFlushed} waits for the end of the peer's output once its own has ended. The
     * default is 2 seconds. What arrives after that has the peer's kernel drop what it has not read yet (RFC 1122, 4.2.2.13).
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public StreamOptions linger(Duration limit) {
        return new StreamOptions(lowWater, highWater, queueLimit, pausing, idleNanos, positive("linger", limit));
    }

    private static long positive(String what, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(what + " " + duration + " is not positive");
        }
        return Timeouts.nanos(duration);
    }

    /** Returns the low-water mark in bytes. */
    public long lowWater() {
        return lowWater;
    }

    /** Returns the high-water mark in bytes. */
    public long highWater() {
        return highWater;
    }

    /** Returns the most bytes that may wait; {@link Long#MAX_VALUE} is no limit. */
    public long queueLimit() {
        return queueLimit;
    }

    /** Returns whether receiving pauses above the high-water mark. */
    public boolean pausesAboveHighWater() {
        return pausing;
    }

    /** Returns the idle timeout, or null. */
    public @Nullable Duration idleTimeout() {
        return idleNanos == NO_TIMEOUT ? null : Duration.ofNanos(idleNanos);
    }

    /** Returns the limit of lingering. */
    public Duration linger() {
        return Duration.ofNanos(lingerNanos);
    }

    long idleNanos() {
        return idleNanos;
    }

    long lingerNanos() {
        return lingerNanos;
    }

    @Override
    public String toString() {
        return "StreamOptions[water=" + lowWater + ".." + highWater
                + (queueLimit == Long.MAX_VALUE ? "" : ", queueLimit=" + queueLimit)
                + (pausing ? "" : ", receiving above")
                + (idleNanos == NO_TIMEOUT ? "" : ", idle=" + Duration.ofNanos(idleNanos))
                + ", linger=" + Duration.ofNanos(lingerNanos) + "]";
    }
}
