package dev.pollux.operation;

import org.jspecify.annotations.Nullable;

/**
 * The operations of a source in one direction that are in flight, in the order they began. One at a time is attempted, so what
 * is sent goes out in that order; those of a file, which say where, all at once.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class Direction {

    final boolean inOrder;

    /** Whether one is being attempted right now. */
    boolean attempting;

    /** How many are done whose completions are to be called late. */
    int late;

    private @Nullable Operation first;
    private @Nullable Operation last;

    Direction(boolean inOrder) {
        this.inOrder = inOrder;
    }

    /** Returns the one that is attempted, or the first of those that are. */
    @Nullable
    Operation first() {
        return first;
    }

    void add(Operation operation) {
        Operation before = last;
        operation.previous = before;
        last = operation;
        if (before == null) {
            first = operation;
        } else {
            before.next = operation;
        }
    }

    /** Takes {@code operation} out. */
    void remove(Operation operation) {
        Operation before = operation.previous;
        Operation after = operation.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        operation.previous = null;
        operation.next = null;
    }
}
