package dev.pollux.internal.timer;

/**
 * When the loop wakes by itself, for other threads to know whether they need to wake it.
 *
 * <p>The loop first sets it and then looks for commands; another thread first adds its command and then asks. So if the
 * answer is out of date, the loop sees the command.
 */
final class NextWakeup {

    /** Stands for "not by itself". A deadline that is the same by chance costs one wakeup. */
    private static final long NONE = Long.MIN_VALUE;

    private volatile long nanos = NONE;

    /** Notes that the loop wakes at {@code deadlineNanos} at the latest. The loop's thread. */
    void set(long deadlineNanos) {
        // A volatile store costs as much as a short callback, and most turns have the deadline of the one before.
        if (nanos != deadlineNanos) {
            nanos = deadlineNanos;
        }
    }

    /** Notes that the loop wakes only if it is woken. The loop's thread. */
    void none() {
        set(NONE);
    }

    /** Returns whether the loop wakes by itself in time for {@code deadlineNanos}. Any thread. */
    boolean isBy(long deadlineNanos) {
        long next = nanos;
        return next != NONE && next - deadlineNanos <= 0;
    }
}
