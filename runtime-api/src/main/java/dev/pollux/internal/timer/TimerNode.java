package dev.pollux.internal.timer;

/** What a {@link TimerQueue} keeps in order: a deadline, and where the queue has put it. */
abstract class TimerNode {

    /** The place of a node that is in no queue. */
    static final int NOWHERE = -1;

    /** The place of a node that is due and runs in this turn. */
    static final int DUE = -2;

    /** Changed only while it is in no queue. */
    long deadlineNanos;

    private final long sequence;

    /** Its index in a bucket, or one of the constants. */
    int place = NOWHERE;

    TimerNode(long deadlineNanos, long sequence) {
        this.deadlineNanos = deadlineNanos;
        this.sequence = sequence;
    }

    /** Deadlines are compared by subtraction, so a clock that wraps is harmless. */
    final boolean isBefore(TimerNode other) {
        long difference = deadlineNanos - other.deadlineNanos;
        return difference < 0 || (difference == 0 && sequence - other.sequence < 0);
    }
}
