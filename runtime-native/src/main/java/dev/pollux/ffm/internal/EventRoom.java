package dev.pollux.ffm.internal;

import dev.pollux.NativeIOException;
import dev.pollux.spi.BackendOptions;
import java.lang.foreign.MemorySegment;

/**
 * Room for the events of a wait. It doubles when a wait fills it, up to what the options say and to 65 536 events, and never
 * shrinks.
 */
final class EventRoom {

    /** Most programs never have more ready at once. */
    private static final int FIRST_EVENTS = 256;

    /** More events in one wait would cost memory and serve no one: what does not fit has its turn in the next wait. */
    private static final int MOST_EVENTS = 1 << 16;

    private final long eventBytes;
    private final int most;

    private Memory memory;
    private MemorySegment events;
    private int size;

    /**
     * Makes room.
     *
     * @throws NativeIOException if the kernel gives no memory
     */
    EventRoom(long eventBytes, BackendOptions options) throws NativeIOException {
        this.eventBytes = eventBytes;
        most = Math.min(options.eventsPerWait(), MOST_EVENTS);
        size = Math.min(FIRST_EVENTS, most);
        memory = Memory.of(size * eventBytes);
        events = memory.all();
    }

    /** Returns where the kernel puts the events. */
    MemorySegment events() {
        return events;
    }

    /** Returns how many events there is room for. */
    int size() {
        return size;
    }

    /** Returns whether a wait that reported {@code count} events may have had more, and there is room for them now. */
    boolean hasGrownFor(int count) throws NativeIOException {
        if (count < size || size == most) {
            return false;
        }
        int larger = Math.min(2 * size, most);
        Memory next = Memory.of(larger * eventBytes);
        memory.free();
        memory = next;
        events = next.all();
        size = larger;
        return true;
    }

    void free() {
        memory.free();
    }
}
