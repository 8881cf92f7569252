package dev.pollux.internal.selector;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** The slots whose backend is to be asked for something else before the next wait, in the order in which that was wanted. */
final class PutOff {

    private final SlotStates states;

    /** No slot is in it twice, also if it changes its owner meanwhile. */
    private int[] slots = new int[16];

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

    /** Hands each slot to {@code action} and takes it out, if there is still something to be asked for. */
    void drain(IntConsumer action) {
        int done = 0;
        try {
            while (done < count) {
                int slot = slots[done++];
                states.unlist(slot);
                if (states.isUsed(slot) && states.isToBeApplied(slot)) {
                    action.accept(slot);
                }
            }
        } finally {
            count -= done;
            System.arraycopy(slots, done, slots, 0, count);
        }
    }
}
