package dev.pollux.internal.timer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Timers in exact order: a binary heap in which each one knows its place, so that any can be taken out. */
final class TimerHeap {

    private @Nullable TimerNode[] heap = new TimerNode[16];
    private int size;

    int size() {
        return size;
    }

    void add(TimerNode node) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        siftUp(size++, node);
    }

    /** Returns the timer that comes first, or null. */
    @Nullable
    TimerNode first() {
        return heap[0];
    }

    void remove(TimerNode node) {
        int place = node.place;
        node.place = TimerNode.NOWHERE;
        TimerNode last = at(--size);
        heap[size] = null;
        if (place < size) {
            siftDown(place, last);
            if (last.place == place) {
                siftUp(place, last);
            }
        }
    }

    void clear() {
        for (int i = 0; i < size; i++) {
            at(i).place = TimerNode.NOWHERE;
        }
        Arrays.fill(heap, null);
        size = 0;
    }

    private TimerNode at(int place) {
        TimerNode node = heap[place];
        if (node == null) {
            throw new AssertionError("no timer at " + place);
        }
        return node;
    }

    private void put(int place, TimerNode node) {
        heap[place] = node;
        node.place = place;
    }

    private void siftUp(int from, TimerNode node) {
        int place = from;
        while (place > 0) {
            TimerNode parent = at((place - 1) / 2);
            if (!node.isBefore(parent)) {
                break;
            }
            put(place, parent);
            place = (place - 1) / 2;
        }
        put(place, node);
    }

    private void siftDown(int from, TimerNode node) {
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
