package dev.pollux.internal.timer;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Timers that are due: filled in any order, then sorted, then taken one by one. */
final class DueTimers {

    /** So few are sorted by comparing them in place. */
    static final int FEW = 16;

    private static final int READ_AHEAD = 32;

    private static final int DIGIT_BITS = 8;
    private static final int DIGIT_MASK = (1 << DIGIT_BITS) - 1;

    /** From so many for each digit on, sorting by digits costs less than by comparing. */
    private static final int MANY_PER_DIGIT = 64;

    /** Room for more than this is given up when they are gone. */
    static final int MAX_KEPT = 2048;

    private static final Comparator<@Nullable TimerNode> ORDER = (a, b) -> a == b ? 0 : a.isBefore(b) ? -1 : 1;

    private static final @Nullable TimerNode[] NONE = {};

    private @Nullable TimerNode[] nodes = new TimerNode[FEW];
    private @Nullable TimerNode[] sorted = NONE;

    /** The time of each; while they are sorted, with its index in the lower digits. */
    private long[] keys = new long[FEW];

    private long[] otherKeys = {};

    /** For each digit, where the keys that have it end. */
    private int[] digitEnds = {};

    private int next;
    private int end;

    @SuppressWarnings("UnusedVariable") // So that the JIT does not leave the reading out.
    private int read;

    boolean isEmpty() {
        return next == end;
    }

    /** Adds a timer that was due at {@code time}. */
    void add(TimerNode node, long time) {
        if (end == nodes.length) {
            nodes = Arrays.copyOf(nodes, end * 2);
            keys = Arrays.copyOf(keys, end * 2);
        }
        nodes[end] = node;
        keys[end++] = time;
        node.place = TimerNode.DUE;
    }

    /** Takes the next timer that was not removed meanwhile, or returns null. */
    @Nullable
    TimerNode poll() {
        while (next < end) {
            if (next % READ_AHEAD == 0) {
                readAhead();
            }
            TimerNode node = nodes[next];
            nodes[next++] = null;
            if (node.place == TimerNode.DUE) {
                node.place = TimerNode.NOWHERE;
                return node;
            }
        }
        next = 0;
        end = 0;
        return null;
    }

    /**
     * Reads the next timers before they are needed. A processor fetches the memory of many at once, but waits for that of
     * each one when their tasks run in between.
     */
    private void readAhead() {
        int sum = 0;
        for (int i = next; i < Math.min(end, next + READ_AHEAD); i++) {
            sum += nodes[i].place;
        }
        read = sum;
    }

    /** Gives up the room of many. There must be none. */
    void trim() {
        if (nodes.length > MAX_KEPT) {
            nodes = new TimerNode[FEW];
            sorted = NONE;
            keys = new long[FEW];
            otherKeys = new long[0];
        }
    }

    /** Returns for how many there is room. */
    int room() {
        return nodes.length;
    }

    /** Sorts them by deadline, ties by creation. None may have been taken yet. */
    void sort() {
        int inOrder = 1;
        while (inOrder < end && !nodes[inOrder].isBefore(nodes[inOrder - 1])) {
            inOrder++;
        }
        if (inOrder >= end) {
            return;
        }
        if (end <= FEW) {
            insert(inOrder);
        } else if (!sortByKey()) {
            Arrays.sort(nodes, 0, end, ORDER);
        }
    }

    /** Sorts by insertion; those before {@code from} are in order. */
    private void insert(int from) {
        for (int i = from; i < end; i++) {
            TimerNode node = nodes[i];
            int to = i;
            while (to > 0 && node.isBefore(nodes[to - 1])) {
                nodes[to] = nodes[to - 1];
                to--;
            }
            nodes[to] = node;
        }
    }

    /**
     * Sorts numbers of which the upper digits are a time and the lower ones an index, which needs no look at a timer but
     * for ties. Returns false if that was not enough: a time has too many digits, or a tie is still to be put in order.
     */
    private boolean sortByKey() {
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (int i = 0; i < end; i++) {
            first = Math.min(first, keys[i]);
            last = Math.max(last, keys[i]);
        }
        int indexBits = Integer.SIZE - Integer.numberOfLeadingZeros(end - 1);
        if (Long.numberOfLeadingZeros(last - first) <= indexBits) {
            return false;
        }
        for (int i = 0; i < end; i++) {
            keys[i] = (keys[i] - first) << indexBits | i;
        }
        sortKeys(indexBits, Long.SIZE - Long.numberOfLeadingZeros((last - first) << indexBits));
        return arrange(indexBits);
    }

    /**
     * Sorts the keys, the first of whose bits up to {@code bits} are in use. Many are sorted digit by digit, from the lowest
     * one that belongs to the time: what lies in order by index stays so.
     */
    private void sortKeys(int indexBits, int bits) {
        int digits = (bits - indexBits + DIGIT_BITS - 1) / DIGIT_BITS;
        if (end < MANY_PER_DIGIT * digits) {
            Arrays.sort(keys, 0, end);
            return;
        }
        if (otherKeys.length < keys.length) {
            otherKeys = new long[keys.length];
            digitEnds = new int[1 << DIGIT_BITS];
        }
        for (int shift = indexBits; shift < bits; shift += DIGIT_BITS) {
            sortByDigit(shift);
        }
    }

    private void sortByDigit(int shift) {
        int[] ends = digitEnds;
        Arrays.fill(ends, 0);
        for (int i = 0; i < end; i++) {
            ends[(int) (keys[i] >>> shift) & DIGIT_MASK]++;
        }
        int sum = 0;
        for (int digit = 0; digit < ends.length; digit++) {
            sum += ends[digit];
            ends[digit] = sum;
        }
        for (int i = end - 1; i >= 0; i--) {
            otherKeys[--ends[(int) (keys[i] >>> shift) & DIGIT_MASK]] = keys[i];
        }
        long[] ordered = otherKeys;
        otherKeys = keys;
        keys = ordered;
    }

    /** Puts the timers in the order of the keys. Returns whether ties are in order, too. */
    private boolean arrange(int indexBits) {
        if (sorted.length < nodes.length) {
            sorted = new TimerNode[nodes.length];
        }
        int mask = (1 << indexBits) - 1;
        boolean ordered = true;
        long before = -1;
        for (int i = 0; i < end; i++) {
            TimerNode node = nodes[(int) keys[i] & mask];
            sorted[i] = node;
            long time = keys[i] >>> indexBits;
            ordered &= time != before || !node.isBefore(sorted[i - 1]);
            before = time;
        }
        Arrays.fill(nodes, 0, end, null);
        @Nullable TimerNode[] spare = nodes;
        nodes = sorted;
        sorted = spare;
        return ordered;
    }

    /** Drops all. */
    void clear() {
        while (!isEmpty()) {
            poll();
        }
    }
}
