package dev.pollux.loop;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Timers by deadline, ties by creation: a binary heap in which each timer knows its place, so cancelling costs as
 * little as adding and leaves nothing behind.
 *
 * <p>Deadlines are compared by subtraction, so a clock that wraps is harmless as long as no two are 292 years apart.
 */
final class TimerQueue {

    /** One pending timer. */
    abstract static class Node {

        private final long deadlineNanos;
        private final long sequence;
        private int place = -1;

        Node(long deadlineNanos, long sequence) {
            this.deadlineNanos = deadlineNanos;
            this.sequence = sequence;
        }

        private boolean isBefore(Node other) {
            long difference = deadlineNanos - other.deadlineNanos;
            return difference < 0 || (difference == 0 && sequence - other.sequence < 0);
        }
    }

    private @Nullable Node[] heap = new Node[16];
    private int size;

    int size() {
        return size;
    }

    void add(Node node) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        siftUp(size++, node);
    }

    /** Takes a timer out; does nothing if it is not in the queue. */
    void remove(Node node) {
        int place = node.place;
        if (place < 0) {
            return;
        }
        node.place = -1;
        Node last = at(--size);
        heap[size] = null;
        if (place < size) {
            siftDown(place, last);
            if (last.place == place) {
                siftUp(place, last);
            }
        }
    }

    /** Moves the timers that are due at {@code nowNanos} to {@code due}, in order. */
    void takeDue(long nowNanos, List<Node> due) {
        while (size > 0 && at(0).deadlineNanos - nowNanos <= 0) {
            Node first = at(0);
            remove(first);
            due.add(first);
        }
    }

    /** Returns the time from {@code nowNanos} to the next deadline, 0 if it has passed, without limit if none is set. */
    long nanosToNext(long nowNanos) {
        return size == 0 ? Long.MAX_VALUE : Math.max(0, at(0).deadlineNanos - nowNanos);
    }

    void clear() {
        for (int i = 0; i < size; i++) {
            at(i).place = -1;
        }
        Arrays.fill(heap, null);
        size = 0;
    }

    private Node at(int place) {
        Node node = heap[place];
        if (node == null) {
            throw new AssertionError("no timer at " + place);
        }
        return node;
    }

    private void put(int place, Node node) {
        heap[place] = node;
        node.place = place;
    }

    private void siftUp(int from, Node node) {
        int place = from;
        while (place > 0) {
            Node parent = at((place - 1) / 2);
            if (!node.isBefore(parent)) {
                break;
            }
            put(place, parent);
            place = (place - 1) / 2;
        }
        put(place, node);
    }

    private void siftDown(int from, Node node) {
        int place = from;
        while (place * 2 + 1 < size) {
            int child = place * 2 + 1;
            if (child + 1 < size && at(child + 1).isBefore(at(child))) {
                child++;
            }
            if (!at(child).isBefore(node)) {
                break;
            }
            put(place, at(child));
            place = child;
        }
        put(place, node);
    }
}
