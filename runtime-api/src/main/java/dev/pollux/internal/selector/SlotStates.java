package dev.pollux.internal.selector;

import dev.pollux.Events;
import java.util.Arrays;

/**
 * What changes all the time about each slot, in one word: an event reads and writes one array element.
 *
 * <p>The high half is the slot's generation, as in its token. The low half of a slot in use has what is ready and not
 * delivered yet, what is asked for, what the backend watches, and how the last two are to become equal; that of a free slot
 * has the next free one.
 */
final class SlotStates {

    /** Where no slot is meant. */
    static final int NONE = -1;

    /** No backend reports other bits, and the selector adds none. */
    private static final int READY = Events.DIRECTIONS | Events.REPORTED_ONLY;

    private static final int WATCHED = Events.DIRECTIONS | Events.EDGE;
    private static final int WANTED_SHIFT = 11;
    private static final int ARMED_SHIFT = 19;
    private static final int WANTED = WATCHED << WANTED_SHIFT;
    private static final int ARMED = WATCHED << ARMED_SHIFT;

    /** The backend did not take the last change, which the source's owner is to learn with the next delivery. */
    private static final int FAILED = 1 << 28;

    private static final int USED = 1 << 29;

    /** The backend is to be asked although it watches for what is wanted: it reports again what is pending. */
    private static final int AGAIN = 1 << 30;

    /** The slot is in the list of those whose change was put off. Of the slot, not of its owner. */
    private static final int LISTED = 1 << 31;

    private static final long HIGH_HALF = -1L << Integer.SIZE;
    private static final int NEXT_FREE = USED - 1;

    private long[] words;

    SlotStates(int capacity) {
        words = new long[capacity];
    }

    void grow(int capacity) {
        words = Arrays.copyOf(words, capacity);
    }

    private void change(int slot, int cleared, int set) {
        words[slot] = (words[slot] & ~Integer.toUnsignedLong(cleared)) | Integer.toUnsignedLong(set);
    }

    private boolean has(int slot, int bit) {
        return ((int) words[slot] & bit) != 0;
    }

    /** Takes a free slot into use, with nothing ready, asked for or watched. */
    void use(int slot) {
        change(slot, ~LISTED, USED);
    }

    /** Frees a slot, ends its generation, and remembers another free one, or {@link #NONE}. */
    void free(int slot, int nextFree) {
        words[slot] += 1L << Integer.SIZE;
        change(slot, ~LISTED, nextFree + 1);
    }

    /** Returns the slot that was remembered when this one was freed. */
    int nextFree(int slot) {
        return ((int) words[slot] & NEXT_FREE) - 1;
    }

    long token(int slot) {
        return (words[slot] & HIGH_HALF) | slot;
    }

    /** Returns the slot of a token, or {@link #NONE} if its registration is gone. */
    int slotOf(long token) {
        int slot = (int) token;
        return slot >= 0 && slot < words.length && ((words[slot] ^ token) & HIGH_HALF) == 0 && (words[slot] & USED) != 0
                ? slot
                : NONE;
    }

    /**
     * Notes that a backend has reported a token.
     *
     * @return 0 if the backend does not watch it; 1 if nothing was ready in its slot before and something is now; else 2
     */
    int report(long token, int ready) {
        int slot = (int) token;
        long[] all = words;
        if (slot < 0 || slot >= all.length) {
            return 0;
        }
        long word = all[slot];
        // What is watched is in use. A free slot has other things in these bits.
        if (((word ^ token) & HIGH_HALF) != 0 || (word & USED) == 0 || (word & ARMED) == 0) {
            return 0;
        }
        all[slot] = word | (ready & READY);
        return (word & READY) == 0 && (ready & READY) != 0 ? 1 : 2;
    }

    /** Returns and clears what is ready in a slot; nothing if it is free. */
    int takeReady(int slot) {
        long word = words[slot];
        if ((word & USED) == 0) {
            return 0;
        }
        words[slot] = word & ~(long) READY;
        return (int) word & READY;
    }

    /** Returns whether something is ready in a slot. */
    boolean isReady(int slot) {
        long word = words[slot];
        return (word & USED) != 0 && (word & READY) != 0;
    }

    /** Returns what is asked for. */
    int wanted(int slot) {
        return (int) words[slot] >>> WANTED_SHIFT & WATCHED;
    }

    /** Returns what the backend watches for: {@link Events#NONE} if it does not know the source. */
    int armed(int slot) {
        return (int) words[slot] >>> ARMED_SHIFT & WATCHED;
    }

    /**
     * Asks for {@code events}.
     *
     * @param again whether the backend is to report again what is pending
     * @return whether the backend has to be asked for that
     */
    boolean want(int slot, int events, boolean again) {
        change(slot, WANTED | AGAIN | FAILED, events << WANTED_SHIFT | (again ? AGAIN : 0));
        return isToBeApplied(slot);
    }

    boolean isToBeApplied(int slot) {
        return !has(slot, FAILED) && (has(slot, AGAIN) || wanted(slot) != armed(slot));
    }

    /** Notes what the backend watches for, and that it has been asked for all that was wanted of it. */
    void arm(int slot, int events) {
        change(slot, ARMED | AGAIN, events << ARMED_SHIFT);
    }

    /** Notes that the backend does not watch what is wanted, and what is to be reported instead. */
    void fail(int slot, int trouble) {
        change(slot, ARMED | AGAIN, FAILED | trouble);
    }

    boolean hasFailed(int slot) {
        return has(slot, FAILED);
    }

    boolean isUsed(int slot) {
        return has(slot, USED);
    }

    /** Puts a slot on the list. Returns whether it was not there. */
    boolean list(int slot) {
        boolean listed = has(slot, LISTED);
        change(slot, 0, LISTED);
        return !listed;
    }

    void unlist(int slot) {
        change(slot, LISTED, 0);
    }
}
