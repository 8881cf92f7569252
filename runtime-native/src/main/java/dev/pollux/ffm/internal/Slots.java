package dev.pollux.ffm.internal;

/** What a token says, and how arrays grow that have an element for each slot. */
final class Slots {

    private Slots() {}

    /** Returns the slot of a token: from 0 up, the smallest number that was free. */
    static int of(long token) {
        return (int) token;
    }

    /** Returns a length for an array of {@code length} that is to have an element at {@code index}. */
    static int grown(int length, int index) {
        return Math.max(index + 1, length * 2);
    }
}
