package dev.pollux.ffm.internal;

import dev.pollux.spi.BackendOptions;

/** What a token says, and how arrays grow that have an element for each slot. */
final class Slots {

    /** More events in one wait would cost memory and serve no one: what does not fit has its turn in the next wait. */
    private static final int MOST_EVENTS = 1 << 16;

    private Slots() {}

    /** Returns the slot of a token: from 0 up, the smallest number that was free. */
    static int of(long token) {
        return (int) token;
    }

    /** Returns a length for an array of {@code length} that is to have an element at {@code index}. */
    static int grown(int length, int index) {
        return Math.max(index + 1, length * 2);
    }

    /** Returns how many events a wait has room for. */
    static int eventsPerWait(BackendOptions options) {
        return Math.min(options.eventsPerWait(), MOST_EVENTS);
    }
}
