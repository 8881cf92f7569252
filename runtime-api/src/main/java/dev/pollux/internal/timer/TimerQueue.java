package dev.pollux.internal.timer;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Timers by deadline, ties by creation, exact to the nanosecond, with adding and cancelling that cost the same however
 * many there are.
 *
 * <p>A timer that is not due within the present tick of 2<sup>14</sup> ns lies unordered in a hierarchy of wheels: each
 * level has 64 slots, and a slot of one level spans all of the level below. When time reaches a slot, its timers move
 * down, and those of the present tick into a {@link TimerHeap}, which puts these few in exact order. (The wheels are
 * those of Varghese and Lauck, 1987; the heap makes them exact.)
 *
 * <p>Time is counted from the moment the queue was made, so a clock that wraps is harmless as long as no two deadlines
 * are 146 years apart.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class TimerQueue {

    private static final int TICK_BITS = 14;
    private static final int SLOT_BITS = 6;
    private static final int SLOTS = 1 << SLOT_BITS;
    private static final int SLOT_MASK = SLOTS - 1;

    /** As many as it takes to tell apart all ticks of 63 bits of nanoseconds. */
    private static final int LEVELS = (Long.SIZE - TICK_BITS + SLOT_BITS - 1) / SLOT_BITS;

    private final long originNanos;

    /** Whatever is due in this tick or before it is in {@link #near}, everything else in a wheel. */
    private long currentTick;

    private final TimerHeap near = new TimerHeap();

    private final @Nullable TimerNode[] slots = new TimerNode[LEVELS * SLOTS];

    /** Which slots of a level hold timers, one bit each. */
    private final long[] occupied = new long[LEVELS];

    /** No timer of the slot is due before this. After a cancel, perhaps none is due right then. */
    private final long[] earliestNanos = new long[LEVELS * SLOTS];

    private int inWheels;

    TimerQueue(long nowNanos) {
        originNanos = nowNanos;
    }

    int size() {
        return near.size() + inWheels;
    }

    void add(TimerNode node) {
        long tick = tickOf(node.deadlineNanos);
        if (tick <= currentTick) {
            near.add(node);
        } else {
            inWheels++;
            putInWheel(node, tick);
        }
    }

    /** Takes a timer out; does nothing if it is not in the queue. */
    void remove(TimerNode node) {
        if (node.place >= 0) {
            near.remove(node);
        } else if (node.place != TimerNode.NOWHERE) {
            inWheels--;
            unlink(node);
        }
    }

    /** Moves the timers that are due at {@code nowNanos} to {@code due}, in order. */
    void takeDue(long nowNanos, List<? super TimerNode> due) {
        long nowTick = tickOf(nowNanos);
        while (true) {
            TimerNode first = near.first();
            if (first != null) {
                if (first.deadlineNanos - nowNanos > 0) {
                    return;
                }
                near.remove(first);
                due.add(first);
            } else if (!advance(nowTick)) {
                return;
            }
        }
    }

    /** Goes on to the next slot that holds timers and spreads them. Returns false if there is none up to now. */
    private boolean advance(long nowTick) {
        int level = lowestLevel();
        if (level < LEVELS) {
            int slot = Long.numberOfTrailingZeros(occupied[level]);
            int shift = level * SLOT_BITS;
            long above = -1L << (shift + SLOT_BITS);
            long start = (currentTick & above) | ((long) slot << shift);
            if (start <= nowTick) {
                currentTick = start;
                spread(level, slot);
                return true;
            }
        }
        currentTick = Math.max(currentTick, nowTick);
        return false;
    }

    private void spread(int level, int slot) {
        int index = level * SLOTS + slot;
        TimerNode node = slots[index];
        slots[index] = null;
        occupied[level] &= ~(1L << slot);
        while (node != null) {
            TimerNode next = node.next;
            node.next = null;
            node.previous = null;
            long tick = tickOf(node.deadlineNanos);
            if (tick <= currentTick) {
                inWheels--;
                near.add(node);
            } else {
                putInWheel(node, tick);
            }
            node = next;
        }
    }

    /**
     * Returns the time from {@code nowNanos} to the next deadline, 0 if it has passed, without limit if none is set.
     * Less than that if the timer that was next was cancelled; never more.
     */
    long nanosToNext(long nowNanos) {
        return size() == 0 ? Long.MAX_VALUE : Math.max(0, nextNanos() - nowNanos);
    }

    /** Returns a time that no timer is due before. There must be one. */
    long nextNanos() {
        TimerNode first = near.first();
        if (first != null) {
            return first.deadlineNanos;
        }
        int level = lowestLevel();
        return earliestNanos[level * SLOTS + Long.numberOfTrailingZeros(occupied[level])];
    }

    /** A lower level is always due before a higher one: it shares more of its time with the present. */
    private int lowestLevel() {
        int level = 0;
        while (level < LEVELS && occupied[level] == 0) {
            level++;
        }
        return level;
    }

    void clear() {
        near.clear();
        for (int index = 0; index < slots.length; index++) {
            TimerNode node = slots[index];
            slots[index] = null;
            while (node != null) {
                TimerNode next = node.next;
                node.place = TimerNode.NOWHERE;
                node.next = null;
                node.previous = null;
                node = next;
            }
        }
        Arrays.fill(occupied, 0);
        inWheels = 0;
    }

    private long tickOf(long nanos) {
        return (nanos - originNanos) >> TICK_BITS;
    }

    /** The level is that of the highest digit in which the tick differs from the present one. */
    private void putInWheel(TimerNode node, long tick) {
        int level = (Long.SIZE - 1 - Long.numberOfLeadingZeros(tick ^ currentTick)) / SLOT_BITS;
        int slot = (int) (tick >>> (level * SLOT_BITS)) & SLOT_MASK;
        int index = level * SLOTS + slot;
        TimerNode head = slots[index];
        if (head == null) {
            occupied[level] |= 1L << slot;
            earliestNanos[index] = node.deadlineNanos;
        } else {
            head.previous = node;
            node.next = head;
            if (node.deadlineNanos - earliestNanos[index] < 0) {
                earliestNanos[index] = node.deadlineNanos;
            }
        }
        slots[index] = node;
        node.place = placeOf(index);
    }

    private void unlink(TimerNode node) {
        int index = placeOf(node.place);
        TimerNode previous = node.previous;
        TimerNode next = node.next;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            slots[index] = next;
            if (next == null) {
                occupied[index / SLOTS] &= ~(1L << index % SLOTS);
            }
        }
        node.place = TimerNode.NOWHERE;
        node.next = null;
        node.previous = null;
    }

    /** Maps an index of a slot to a place below {@link TimerNode#NOWHERE}, and back. */
    private static int placeOf(int index) {
        return TimerNode.NOWHERE - 1 - index;
    }
}
