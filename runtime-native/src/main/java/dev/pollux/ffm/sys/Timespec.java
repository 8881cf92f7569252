package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/** {@code struct timespec}, timespec(3type). */
public final class Timespec {

    /** Both are 64 bits wide, as Linux takes them (linux/time_types.h, {@code __kernel_timespec}). */
    public static final StructLayout LAYOUT =
            MemoryLayout.structLayout(JAVA_LONG.withName("tv_sec"), JAVA_LONG.withName("tv_nsec"));

    private static final VarHandle SECONDS =
            LAYOUT.varHandle(PathElement.groupElement("tv_sec")).withInvokeExactBehavior();
    private static final VarHandle NANOS =
            LAYOUT.varHandle(PathElement.groupElement("tv_nsec")).withInvokeExactBehavior();

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private Timespec() {}

    /** Fills in a duration that is not negative. */
    public static void set(MemorySegment timespec, long nanos) {
        SECONDS.set(timespec, 0L, nanos / NANOS_PER_SECOND);
        NANOS.set(timespec, 0L, nanos % NANOS_PER_SECOND);
    }
}
