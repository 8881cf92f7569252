package dev.pollux.internal.timer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The longest of many times, until it is reset.
 *
 * <p><b>Thread:</b> one adds, any reads and resets. A time that is added during a reset counts before it or after it.
 */
public final class Longest {

    private static final VarHandle NANOS;

    static {
        try {
            NANOS = MethodHandles.lookup().findVarHandle(Longest.class, "nanos", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable") // Read and written by NANOS.
    private long nanos;

    /** Adds a time. One that a reset overtakes between the look and the store is no longer than what that returned. */
    public void add(long addedNanos) {
        if (addedNanos > (long) NANOS.getOpaque(this)) {
            NANOS.setOpaque(this, addedNanos);
        }
    }

    /** Returns the longest that was added; 0 if there is none. */
    public long nanos() {
        return (long) NANOS.getOpaque(this);
    }

    /** Returns the longest, and forgets it. */
    public long reset() {
        return (long) NANOS.getAndSet(this, 0L);
    }
}
