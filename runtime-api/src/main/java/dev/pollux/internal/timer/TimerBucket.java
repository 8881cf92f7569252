package dev.pollux.internal.timer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Timers in no order. Each one knows its place, so taking one out is one store. That leaves a hole; when more than half
 * of the places are holes, the timers move together.
 *
 * <p>The places are those of an array in pieces, which grows without being copied. Times are those of the queue.
 */
final class TimerBucket {

    /** A bucket with so few timers is looked through rather than sorted into finer ones. */
    static final int FEW = 16;

    private static final int MASK = TimerChunks.LARGE - 1;
    private static final int FIRST_CHUNKS = 4;
    private static final int MAX_CHUNKS_KEPT = 64;
    private static final @Nullable TimerNode[] NO_CHUNK = {};

    private final TimerChunks pool;

    /** All are large, but the first one is small as long as that is enough. */
    private @Nullable TimerNode[][] chunks = new TimerNode[FIRST_CHUNKS][];

    /** The chunk of the last place. */
    private @Nullable TimerNode[] last = NO_CHUNK;

    /** The places in use, holes included. */
    private int places;

    private int size;

    /** No timer is due before this. After a timer was taken out, perhaps none is due right then. */
    private long earliest;

    TimerBucket(TimerChunks pool) {
        this.pool = pool;
    }

    int size() {
        return size;
    }

    int places() {
        return places;
    }

    long earliest() {
        return earliest;
    }

    /** Returns the timer at a place, or null for a hole. */
    @Nullable
    TimerNode at(int place) {
        return chunks[place >>> TimerChunks.LARGE_BITS][place & MASK];
    }

    private void put(int place, @Nullable TimerNode node) {
        chunks[place >>> TimerChunks.LARGE_BITS][place & MASK] = node;
    }

    /** Adds a timer that is due at {@code time}. */
    void add(TimerNode node, long time) {
        int place = places++;
        int offset = place & MASK;
        if (offset == 0 || offset == last.length) {
            extend(place);
        }
        last[offset] = node;
        node.place = place;
        if (size++ == 0 || time < earliest) {
            earliest = time;
        }
    }

    /** Makes room for a place, the first one of a chunk or the first one that a small chunk has no room for. */
    private void extend(int place) {
        int number = place >>> TimerChunks.LARGE_BITS;
        if (number == chunks.length) {
            chunks = Arrays.copyOf(chunks, number * 2);
        }
        @Nullable TimerNode[] chunk = place == 0 ? pool.small() : pool.large();
        if (place == TimerChunks.SMALL) {
            System.arraycopy(last, 0, chunk, 0, place);
            pool.release(last);
        }
        chunks[number] = chunk;
        last = chunk;
    }

    /** Makes a place a hole. {@link #tidy} is to follow. */
    void remove(int place) {
        put(place, null);
        size--;
    }

    /** Closes up after a timer that was due at {@code time} was removed. The origin is that of the times. */
    void tidy(long time, long origin) {
        if (size == 0) {
            shorten(0);
            return;
        }
        if (places > 2 * TimerChunks.SMALL && size < places / 2) {
            compact();
        }
        if (time == earliest && size <= FEW) {
            findEarliest(origin);
        }
    }

    private void compact() {
        int to = 0;
        for (int from = 0; from < places; from++) {
            TimerNode node = at(from);
            if (node != null) {
                put(from, null);
                put(to, node);
                node.place = to++;
            }
        }
        shorten(to);
    }

    private void findEarliest(long origin) {
        earliest = Long.MAX_VALUE;
        for (int i = 0; i < places; i++) {
            TimerNode node = at(i);
            if (node != null) {
                earliest = Math.min(earliest, node.deadlineNanos - origin);
            }
        }
    }

    /** Moves the timers that are due at {@code time} to {@code due}. */
    void takeDue(long time, long origin, DueTimers due) {
        earliest = Long.MAX_VALUE;
        int to = 0;
        for (int from = 0; from < places; from++) {
            TimerNode node = at(from);
            if (node != null) {
                put(from, null);
                long at = node.deadlineNanos - origin;
                if (at <= time) {
                    due.add(node, at);
                } else {
                    put(to, node);
                    node.place = to++;
                    earliest = Math.min(earliest, at);
                }
            }
        }
        size = to;
        shorten(to);
    }

    /** Forgets all timers, which are somewhere else by now. */
    void forget() {
        size = 0;
        shorten(0);
    }

    /** Gives back the chunks beyond {@code newPlaces}. */
    private void shorten(int newPlaces) {
        int used = (places + MASK) >>> TimerChunks.LARGE_BITS;
        int needed = (newPlaces + MASK) >>> TimerChunks.LARGE_BITS;
        for (int i = needed; i < used; i++) {
            pool.release(chunks[i]);
            chunks[i] = null;
        }
        places = newPlaces;
        last = needed == 0 ? NO_CHUNK : chunks[needed - 1];
        if (needed == 0 && chunks.length > MAX_CHUNKS_KEPT) {
            chunks = new TimerNode[FIRST_CHUNKS][];
        }
    }
}
