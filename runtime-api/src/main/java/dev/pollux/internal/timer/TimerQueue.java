package dev.pollux.internal.timer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Timers by deadline, ties by creation, exact to the nanosecond, with adding and removing that cost the same however many
 * there are.
 *
 * <p>A timer lies unordered in one of a hierarchy of wheels: each level has 64 slots, a slot of the lowest level is a
 * nanosecond, and one of another level spans all of the level below. When time has passed a whole slot, its timers are
 * sorted once and run from where they are. When time is within a slot, its timers move down to finer ones, or the few that
 * are due are picked out. (The wheels are those of Varghese and Lauck, 1987; the sorting makes them exact.)
 *
 * <p>A turn runs what was there when it began. What is added meanwhile and is due already, waits for the next turn.
 *
 * <p>Time is counted from the moment the queue was made, so a clock that wraps is harmless as long as no two deadlines
 * are 146 years apart.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class TimerQueue {

    private static final int SLOT_BITS = 6;
    private static final int SLOTS = 1 << SLOT_BITS;
    private static final int SLOT_MASK = SLOTS - 1;

    /** As many as it takes to tell apart all times of 63 bits. */
    private static final int LEVELS = (Long.SIZE - 1 + SLOT_BITS - 1) / SLOT_BITS;

    /** More timers than this are spread to the finer slots of a level, which keeps what is sorted at once in the cache. */
    static final int MANY = 8192;

    private static final int REMOVED_AT_ONCE = 256;

    private final long origin;

    /** The last turn. Whatever is due by then is in {@link #due} or {@link #late}, unless it is still to be found. */
    private long turn;

    /** Every timer in a wheel is due after this; its slot is that of the highest digit in which its time differs. */
    private long current;

    /** What the present turn runs next. */
    private DueTimers due = new DueTimers();

    /** What was due already when it was added. */
    private DueTimers late = new DueTimers();

    private TimerChunks chunks = new TimerChunks();
    private final @Nullable TimerBucket[] slots = new TimerBucket[LEVELS * SLOTS];

    /** Which slots of a level hold timers, one bit each; and which levels have such slots. */
    private final long[] occupied = new long[LEVELS];

    private int occupiedLevels;

    /** Timers that were removed and are still in their buckets: when they are due, and their places. */
    private final long[] removedTimes = new long[REMOVED_AT_ONCE];

    private final int[] removedPlaces = new int[REMOVED_AT_ONCE];
    private int removed;

    private int size;

    /** The earliest time, as far as it is known. */
    private long next;

    private boolean nextIsKnown;

    TimerQueue(long nowNanos) {
        origin = nowNanos;
    }

    /** Returns how many there are, those included that the present turn is still to run. */
    int size() {
        return size - removed;
    }

    void add(TimerNode node) {
        long time = node.deadlineNanos - origin;
        size++;
        next = Math.min(next, time);
        if (time <= turn) {
            late.add(node, time);
        } else {
            put(node, time);
        }
    }

    private void put(TimerNode node, long time) {
        int level = levelOf(time);
        int slot = slotOf(time, level);
        int index = level * SLOTS + slot;
        TimerBucket bucket = slots[index];
        if (bucket == null) {
            bucket = new TimerBucket(chunks);
            slots[index] = bucket;
        }
        if (bucket.size() == 0) {
            occupied[level] |= 1L << slot;
            occupiedLevels |= 1 << level;
        }
        bucket.add(node, time);
    }

    private int levelOf(long time) {
        return (Long.SIZE - 1 - Long.numberOfLeadingZeros(time ^ current)) / SLOT_BITS;
    }

    private static int slotOf(long time, int level) {
        return (int) (time >>> (level * SLOT_BITS)) & SLOT_MASK;
    }

    private TimerBucket bucket(int level, int slot) {
        TimerBucket bucket = slots[level * SLOTS + slot];
        if (bucket == null) {
            throw new AssertionError("no timers in slot " + slot + " of level " + level);
        }
        return bucket;
    }

    private void vacate(int level, int slot) {
        occupied[level] &= ~(1L << slot);
        if (occupied[level] == 0) {
            occupiedLevels &= ~(1 << level);
        }
    }

    /** Takes a timer out; does nothing if it is not in the queue. */
    void remove(TimerNode node) {
        int place = node.place;
        node.place = TimerNode.NOWHERE;
        if (place >= 0) {
            // Those who cancel many wait for the memory of each. What is left to do is done for many at once.
            removedTimes[removed] = node.deadlineNanos - origin;
            removedPlaces[removed++] = place;
            if (removed == REMOVED_AT_ONCE) {
                takeOutRemoved();
            }
        } else if (place == TimerNode.DUE) {
            size--;
        }
    }

    /** Before any timer in a wheel moves, which changes its place. */
    private void takeOutRemoved() {
        for (int i = 0; i < removed; i++) {
            int level = levelOf(removedTimes[i]);
            bucket(level, slotOf(removedTimes[i], level)).remove(removedPlaces[i]);
        }
        for (int i = 0; i < removed; i++) {
            long time = removedTimes[i];
            int level = levelOf(time);
            int slot = slotOf(time, level);
            TimerBucket bucket = bucket(level, slot);
            bucket.tidy(time, origin);
            if (bucket.size() == 0) {
                vacate(level, slot);
            }
            nextIsKnown &= time != next;
        }
        size -= removed;
        removed = 0;
    }

    /** Begins a turn that runs what is in the queue now and due at {@code nowNanos}. */
    void begin(long nowNanos) {
        // Nothing is left of a turn that was run to its end.
        for (TimerNode node = due.poll(); node != null; node = due.poll()) {
            late.add(node, node.deadlineNanos - origin);
        }
        DueTimers spare = due;
        due = late;
        late = spare;
        due.sort();
        turn = Math.max(turn, nowNanos - origin);
        nextIsKnown = false;
    }

    /** Takes the next timer of this turn, or returns null. */
    @Nullable
    TimerNode poll() {
        while (true) {
            TimerNode node = due.poll();
            if (node != null) {
                size--;
                return node;
            }
            if (!advance()) {
                due.trim();
                return null;
            }
        }
    }

    /** Goes on to the first slot that holds timers. Returns false if none of them is due in this turn. */
    private boolean advance() {
        takeOutRemoved();
        if (occupiedLevels == 0) {
            return false;
        }
        // A lower level is due before a higher one: it shares more of its time with the present.
        int level = Integer.numberOfTrailingZeros(occupiedLevels);
        int slot = Long.numberOfTrailingZeros(occupied[level]);
        TimerBucket bucket = bucket(level, slot);
        if (bucket.earliest() > turn) {
            return false;
        }
        int shift = level * SLOT_BITS;
        long start = (((current >>> shift) & ~SLOT_MASK) | slot) << shift;
        long end = start | ((1L << shift) - 1);
        if (end <= turn && (bucket.size() <= MANY || level == 0)) {
            current = end;
            bucket.takeDue(end, origin, due);
        } else if (bucket.size() <= TimerBucket.FEW) {
            current = start - 1;
            bucket.takeDue(turn, origin, due);
        } else {
            current = end <= turn ? start : turn;
            spread(bucket);
        }
        if (bucket.size() == 0) {
            vacate(level, slot);
        }
        due.sort();
        return true;
    }

    /** Moves timers to the slots of lower levels, and what is due by now to {@link #due}. */
    private void spread(TimerBucket bucket) {
        int places = bucket.places();
        for (int i = 0; i < places; i++) {
            TimerNode node = bucket.at(i);
            if (node != null) {
                long time = node.deadlineNanos - origin;
                if (time <= current) {
                    due.add(node, time);
                } else {
                    put(node, time);
                }
            }
        }
        bucket.forget();
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
        if (removed > 0) {
            takeOutRemoved();
        }
        if (!nextIsKnown) {
            next = findNext();
            nextIsKnown = true;
        }
        return origin + next;
    }

    private long findNext() {
        if (!late.isEmpty() || !due.isEmpty()) {
            return turn;
        }
        int level = Integer.numberOfTrailingZeros(occupiedLevels);
        return bucket(level, Long.numberOfTrailingZeros(occupied[level])).earliest();
    }

    void clear() {
        due.clear();
        late.clear();
        for (TimerBucket bucket : slots) {
            if (bucket != null) {
                for (int i = 0; i < bucket.places(); i++) {
                    TimerNode node = bucket.at(i);
                    if (node != null) {
                        node.place = TimerNode.NOWHERE;
                    }
                }
            }
        }
        Arrays.fill(slots, null);
        Arrays.fill(occupied, 0);
        occupiedLevels = 0;
        chunks = new TimerChunks();
        removed = 0;
        size = 0;
        nextIsKnown = false;
    }
}
