package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/** timerfd_create(2). */
public final class TimerFd {

    // int timerfd_create(int clockid, int flags);
    private static final CFunction CREATE = CFunction.of("timerfd_create");

    // int timerfd_settime(int fd, int flags, const struct itimerspec *new_value, struct itimerspec *old_value);
    private static final CFunction SETTIME = CFunction.of("timerfd_settime");

    public static final int CLOCK_MONOTONIC = 1; // bits/time.h
    public static final int TFD_NONBLOCK = 0x800; // bits/timerfd.h: O_NONBLOCK
    public static final int TFD_CLOEXEC = 0x80000; // bits/timerfd.h: O_CLOEXEC
    public static final int TFD_TIMER_ABSTIME = 1; // sys/timerfd.h

    private static final MemoryLayout TIMESPEC = MemoryLayout.sequenceLayout(2, JAVA_LONG);

    /** {@code struct itimerspec}: the period, then the first expiration; all zero disarms. */
    public static final StructLayout ITIMERSPEC =
            MemoryLayout.structLayout(TIMESPEC.withName("it_interval"), TIMESPEC.withName("it_value"));

    private static final long INTERVAL = ITIMERSPEC.byteOffset(PathElement.groupElement("it_interval"));
    private static final long VALUE = ITIMERSPEC.byteOffset(PathElement.groupElement("it_value"));

    private TimerFd() {}

    public static int create(int clock, int flags, Errno errno) {
        return CREATE.call(errno, clock, flags);
    }

    public static int settime(int fd, int flags, MemorySegment itimerspec, Errno errno) {
        return SETTIME.call(errno, fd, flags, itimerspec.address(), 0);
    }

    /** Fills in an {@link #ITIMERSPEC}; neither may be negative. */
    public static void set(MemorySegment itimerspec, long valueNanos, long intervalNanos) {
        Timespec.set(itimerspec.asSlice(VALUE, TIMESPEC), valueNanos);
        Timespec.set(itimerspec.asSlice(INTERVAL, TIMESPEC), intervalNanos);
    }
}
