package dev.pollux.loop;

/**
 * When the loop wakes by itself, for other threads to know whether they need to wake it.
 *
 * <p>The loop first sets it and then looks for commands; another thread first adds its command and then asks. So if the
 * answer is out of date, the loop sees the command.
 */
final class Alarm {

    /** Stands for "not by itself at all". A deadline that is the same by chance is merely woken for. */
    private static final long OFF = Long.MIN_VALUE;

    private volatile long nanos = OFF;

    /** Says that the loop wakes at {@code deadlineNanos} at the latest. The loop's thread. */
    void set(long deadlineNanos) {
        // A volatile store costs as much as a short callback, and most turns have the alarm of the one before.
        if (nanos != deadlineNanos) {
            nanos = deadlineNanos;
        }
    }

    /** Says that the loop wakes only if it is woken. The loop's thread. */
    void off() {
        set(OFF);
    }

    /** Returns whether the loop wakes by itself in time for {@code deadlineNanos}. Any thread. */
    boolean ringsBy(long deadlineNanos) {
        long rings = nanos;
        return rings != OFF && rings - deadlineNanos <= 0;
    }
}
