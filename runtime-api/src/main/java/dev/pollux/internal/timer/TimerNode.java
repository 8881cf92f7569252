package dev.pollux.internal.timer;

import org.jspecify.annotations.Nullable;

/** What a {@link TimerQueue} keeps in order: a deadline, and the links of whichever list or heap it is in. */
abstract class TimerNode {

    /** The place of a node that is in no queue. */
    static final int NOWHERE = -1;

    long deadlineNanos;

    private final long sequence;

    /** Where it is: an index of the heap, {@link #NOWHERE}, or below that the wheel's slot. */
    int place = NOWHERE;

    @Nullable
    TimerNode next;

    @Nullable
    TimerNode previous;

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
