package dev.pollux.ffm.file;

import dev.pollux.ffm.sys.TimerFd;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;

/**
 * A timer that is ready to read when it has expired, timerfd_create(2); in nanoseconds, on the clock of
 * {@link System#nanoTime}, which stands still while the machine sleeps. Linux only.
 *
 * <p>For what has to be a descriptor. A loop's own timers cost no system call. It is not inherited by programs that the
 * process starts.
 *
 * <p><b>Thread:</b> one at a time, usually the loop thread; {@code close}, {@code fd} and {@code toString} any.
 */
public final class TimerDescriptor extends CountFile {

    private static final long TIMER_ROOM_BYTES = TimerFd.ITIMERSPEC.byteSize();

    private TimerDescriptor(OpeningFile opening) {
        super(opening, "");
    }

    /**
     * Opens a timer that is not started.
     *
     * @throws UnsupportedOperationException if this is not Linux
     * @throws IOException if the kernel refuses
     */
    public static TimerDescriptor open() throws IOException {
        OpeningFile.requireLinux("timer descriptors", "EventLoop.schedule");
        try (OpeningFile opening = new OpeningFile(TIMER_ROOM_BYTES)) {
            int flags = TimerFd.TFD_CLOEXEC | TimerFd.TFD_NONBLOCK;
            opening.opened("timerfd_create", TimerFd.create(TimerFd.CLOCK_MONOTONIC, flags, opening.errno()));
            return opening.finish(new TimerDescriptor(opening));
        }
    }

    /** Expires once, at least {@code delay} from now. Replaces what was set before. */
    public void start(Duration delay) throws IOException {
        start(delay, Duration.ZERO);
    }

    /**
     * Expires at least {@code delay} from now, and then every {@code period}. Replaces what was set before.
     *
     * @param delay zero or less expires at once
     * @param period zero for a timer that expires once
     * @throws IllegalArgumentException if {@code period} is negative
     */
    public void start(Duration delay, Duration period) throws IOException {
        set(0, nanos(delay, "delay"), period);
    }

    /**
     * Expires when {@link System#nanoTime} reaches {@code nanoTime}, and then every {@code period}. Replaces what was set
     * before.
     *
     * @param nanoTime one that has passed expires at once
     * @param period zero for a timer that expires once
     * @throws IllegalArgumentException if {@code period} is negative
     */
    public void startAt(long nanoTime, Duration period) throws IOException {
        // System.nanoTime is CLOCK_MONOTONIC in nanoseconds on Linux (os_posix.cpp, os::javaTimeNanos).
        set(TimerFd.TFD_TIMER_ABSTIME, nanoTime, period);
    }

    /** Does not expire any more; what has expired and was not taken is forgotten. */
    public void stop() throws IOException {
        set(0, 0L, 0L);
    }

    /** Returns how often it has expired since the last time; 0 if it has not. Allocates nothing. */
    public long expirations() throws IOException {
        return takeCount();
    }

    private void set(int flags, long nanos, Duration period) throws IOException {
        long periodNanos = nanos(period, "period");
        if (periodNanos < 0) {
            throw new IllegalArgumentException("period " + period + " is negative; zero is for once");
        }
        // Zero would stop the timer instead of expiring it.
        set(flags, Math.max(1, nanos), periodNanos);
    }

    private void set(int flags, long nanos, long periodNanos) throws IOException {
        int fd = begin();
        try {
            TimerFd.set(room(), nanos, periodNanos);
            check("timerfd_settime", TimerFd.settime(fd, flags, room(), errno()));
        } finally {
            end();
        }
    }

    private static long nanos(Duration duration, String name) {
        Objects.requireNonNull(duration, name);
        try {
            return duration.toNanos();
        } catch (ArithmeticException tooLong) {
            return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }
}
