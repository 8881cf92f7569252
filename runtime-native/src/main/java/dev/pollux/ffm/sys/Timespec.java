package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** {@code struct timespec}, timespec(3type). */
public final class Timespec {

    /** The size of {@code tv_sec} and {@code tv_nsec}, both 64 bits wide, as Linux takes them (linux/time_types.h, {@code __kernel_timespec}). */
    public static final int BYTES = 16;

    private static final int NANOS = 8;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private Timespec() {}

    /** Fills in a duration that is not negative. */
    public static void set(MemorySegment timespec, long nanos) {
        timespec.set(JAVA_LONG, 0, nanos / NANOS_PER_SECOND);
        timespec.set(JAVA_LONG, NANOS, nanos % NANOS_PER_SECOND);
    }
}
