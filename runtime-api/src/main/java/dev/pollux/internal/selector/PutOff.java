package dev.pollux.internal.selector;

import java.util.Arrays;

/** The slots whose backend is to be asked for something else before the next wait, in the order in which that was wanted. */
final class PutOff {

    private final SlotStates states;

    /** No slot is in it twice, also if it changes its owner meanwhile. */
    private int[] slots = new int[16];

    private int next;
    private int count;

    PutOff(SlotStates states) {
        this.states = states;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Adds a slot. */
    void add(int slot) {
        if (states.list(slot)) {
            if (count == slots.length) {
                slots = Arrays.copyOf(slots, count * 2);
            }
            slots[count++] = slot;
        }
    }

    /** Takes out the next slot for which there still is something to be asked for, or {@link SlotStates#NONE}. */
    int poll() {
        while (next < count) {
            int slot = slots[next++];
            states.unlist(slot);
            if (states.isUsed(slot) && states.isToBeApplied(slot)) {
                return slot;
            }
        }
        next = 0;
        count = 0;
        return SlotStates.NONE;
    }
}
