package dev.pollux.internal.selector;

import dev.pollux.Events;
import dev.pollux.spi.EventSink;
import java.util.Arrays;

/**
 * What one wait has collected, in order, one entry per registration however many parts the backend reported it in.
 * Entries that a failing handler left behind stay for the next delivery if they were edge-triggered, because the kernel
 * will not report those again.
 */
final class ReadyBatch implements EventSink {

    private final KeyTable table;

    private long[] tokens = new long[64];
    private int head;
    private int end;

    // What is ready, by slot; not 0 exactly for the registrations that have an entry from head to end.
    private int[] readyBySlot = new int[64];

    private boolean zombieSeen;
    private long staleEvents;

    ReadyBatch(KeyTable table) {
        this.table = table;
    }

    @Override
    public void ready(long token, int ready) {
        int slot = table.slotOf(token);
        if (slot == KeyTable.NONE || table.armed(slot) == Events.NONE) {
            // The kernel had to forget this one before the wait began.
            staleEvents++;
            zombieSeen = true;
            return;
        }
        if (slot >= readyBySlot.length) {
            readyBySlot = Arrays.copyOf(readyBySlot, Math.max(slot + 1, readyBySlot.length * 2));
        }
        if (readyBySlot[slot] == 0 && ready != 0) {
            if (end == tokens.length) {
                tokens = Arrays.copyOf(tokens, end * 2);
            }
            tokens[end++] = token;
        }
        readyBySlot[slot] |= ready;
    }

    boolean isEmpty() {
        return head == end;
    }

    /** Returns the slot of the next entry whose registration is still there, or {@link KeyTable#NONE}. */
    int next() {
        while (head < end) {
            int slot = table.slotOf(tokens[head++]);
            if (slot != KeyTable.NONE && readyBySlot[slot] != 0) {
                return slot;
            }
            staleEvents++;
        }
        return KeyTable.NONE;
    }

    /** Returns and clears what is ready in a slot. */
    int take(int slot) {
        int ready = readyBySlot[slot];
        readyBySlot[slot] = 0;
        return ready;
    }

    /** Drops what was collected for a slot that is about to be freed. */
    void forget(int slot) {
        if (slot < readyBySlot.length) {
            readyBySlot[slot] = 0;
        }
    }

    /** Empties the batch, but for undelivered edge-triggered entries. */
    void endDelivery() {
        int kept = 0;
        for (int i = head; i < end; i++) {
            int slot = table.slotOf(tokens[i]);
            if (slot == KeyTable.NONE || readyBySlot[slot] == 0) {
                continue;
            }
            if ((table.armed(slot) & Events.EDGE) != 0) {
                tokens[kept++] = tokens[i];
            } else {
                readyBySlot[slot] = 0;
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
