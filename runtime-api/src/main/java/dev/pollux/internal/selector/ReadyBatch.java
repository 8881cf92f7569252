package dev.pollux.internal.selector;

import dev.pollux.Events;
import dev.pollux.spi.EventSink;
import java.util.Arrays;

/**
 * What one wait has collected, in order, one entry per registration however many parts the backend reported it in; what is
 * ready is in the states of the slots. Entries that a failing handler left behind stay for the next delivery if they will
 * not be reported again: edge-triggered ones, and changes that the backend did not take.
 */
final class ReadyBatch implements EventSink {

    private final SlotStates states;
    private final KernelRequests requests;

    /** The slots in the order of their reports; one may be there twice if it has a new owner. */
    private int[] order = new int[64];

    private int head;
    private int end;

    private boolean zombieSeen;
    private long staleEvents;

    ReadyBatch(SlotStates states, KernelRequests requests) {
        this.states = states;
        this.requests = requests;
    }

    @Override
    public void ready(long token, int ready) {
        int reported = states.report(token, ready);
        if (reported == 1) {
            append((int) token);
        } else if (reported == 0) {
            // The kernel had to forget this one before the wait began.
            staleEvents++;
            zombieSeen = true;
        }
    }

    @Override
    public void completed(long token, int result, int flags) {
        requests.completed(token, result, flags);
    }

    /** Reports {@code trouble}, because the backend does not watch a slot as it should. */
    void failed(int slot, int trouble) {
        boolean first = !states.isReady(slot);
        states.fail(slot, trouble);
        if (first) {
            append(slot);
        }
    }

    private void append(int slot) {
        if (end == order.length) {
            order = Arrays.copyOf(order, end * 2);
        }
        order[end++] = slot;
    }

    boolean isEmpty() {
        return head == end;
    }

    /** Returns the slot of the next entry whose registration is still there, or {@link KeyTable#NONE}. */
    int next() {
        while (head < end) {
            int slot = order[head++];
            if (states.isReady(slot)) {
                return slot;
            }
            staleEvents++;
        }
        return KeyTable.NONE;
    }

    /** Empties the batch, but for what would not be reported again. */
    void endDelivery() {
        int kept = 0;
        for (int i = head; i < end; i++) {
            int slot = order[i];
            if (!states.isReady(slot)) {
                continue;
            }
            if ((states.wanted(slot) & Events.EDGE) != 0 || states.hasFailed(slot)) {
                order[kept++] = slot;
            } else {
                states.takeReady(slot);
            }
        }
        head = 0;
        end = kept;
    }

    /** Returns and clears whether the backend reported a registration that it should have forgotten. */
    boolean takeZombieSeen() {
        boolean seen = zombieSeen;
        zombieSeen = false;
        return seen;
    }

    long staleEvents() {
        return staleEvents;
    }
}
