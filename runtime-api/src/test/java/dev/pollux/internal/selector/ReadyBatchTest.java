package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.SelectorKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadyBatchTest {

    private final KeyTable table = new KeyTable();
    private final ReadyBatch batch = new ReadyBatch(table.states, new KernelRequests());

    private int watched(int events) {
        int fd = table.slotLimit();
        int slot = table.add(new SelectorKey(Fd.of(fd), fd, events, null));
        table.states.want(slot, events, false);
        table.states.arm(slot, events);
        return slot;
    }

    private List<Integer> watched(int count, int events) {
        List<Integer> slots = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            slots.add(watched(events));
        }
        return slots;
    }

    private void ready(int slot, int events) {
        batch.ready(table.token(slot), events);
    }

    /** Takes every entry that is left, in order. */
    private List<Integer> delivered() {
        List<Integer> slots = new ArrayList<>();
        for (int slot = batch.next(); slot != KeyTable.NONE; slot = batch.next()) {
            table.states.takeReady(slot);
            slots.add(slot);
        }
        return slots;
    }

    @Test
    void hundredsOfEntriesComeOutInTheOrderTheyWereReported() {
        List<Integer> slots = watched(500, Events.READ);
        Collections.reverse(slots);
        slots.forEach(slot -> ready(slot, Events.READ));

        assertEquals(slots, delivered());
        assertTrue(batch.isEmpty());
    }

    @Test
    void everySlotCanBeTheFirstThatIsReported() {
        for (int slot : watched(200, Events.READ)) {
            ReadyBatch fresh = new ReadyBatch(table.states, new KernelRequests());
            fresh.ready(table.token(slot), Events.READ);

            assertEquals(slot, fresh.next());
            assertEquals(Events.READ, table.states.takeReady(slot));
        }
    }

    @Test
    void partsOfOneSourceAreOneEntryWithAllBits() {
        int slot = watched(Events.READ | Events.WRITE);
        ready(slot, Events.READ);
        ready(slot, Events.WRITE);

        assertEquals(slot, batch.next());
        assertEquals(Events.READ | Events.WRITE, table.states.takeReady(slot));
        assertEquals(0, table.states.takeReady(slot));
        assertEquals(KeyTable.NONE, batch.next());
    }

    @Test
    void reportOfNothingIsNoEntry() {
        int slot = watched(Events.READ);
        ready(slot, 0);

        assertTrue(batch.isEmpty());
        assertEquals(0, batch.staleEvents());
    }

    @Test
    void entryWhoseSlotIsFreeIsPassedOverAndCountedAsStale() {
        int forgotten = watched(Events.READ);
        int other = watched(Events.READ);
        ready(forgotten, Events.READ);
        ready(other, Events.READ);

        table.remove(forgotten);

        assertEquals(List.of(other), delivered());
        assertEquals(1, batch.staleEvents());
    }

    @Test
    void entryWhoseSlotHasANewOwnerIsPassedOver() {
        int slot = watched(Events.READ);
        ready(slot, Events.READ);
        table.remove(slot);
        assertEquals(slot, watched(Events.READ));

        assertEquals(List.of(), delivered());
        assertEquals(1, batch.staleEvents());
    }

    @Test
    void reportForASourceThatIsNotArmedIsStaleAndTellsOfAZombieOnce() {
        int slot = watched(Events.READ);
        table.states.arm(slot, Events.NONE);
        assertFalse(batch.takeZombieSeen());

        ready(slot, Events.READ);

        assertTrue(batch.isEmpty());
        assertEquals(1, batch.staleEvents());
        assertTrue(batch.takeZombieSeen());
        assertFalse(batch.takeZombieSeen());
    }

    @Test
    void undeliveredEdgesStayInOrderAndTheRestGoes() {
        int delivered = watched(Events.READ | Events.EDGE);
        int level = watched(Events.READ);
        int first = watched(Events.READ | Events.EDGE);
        int gone = watched(Events.READ | Events.EDGE);
        int second = watched(Events.READ | Events.EDGE);
        for (int slot : List.of(delivered, level, first, gone, second)) {
            ready(slot, Events.READ);
        }
        table.states.takeReady(batch.next());
        table.remove(gone);

        batch.endDelivery();

        assertFalse(batch.isEmpty());
        assertEquals(List.of(first, second), delivered());
        batch.endDelivery();
        assertTrue(batch.isEmpty());
        assertEquals(0, batch.staleEvents());
    }

    @Test
    void levelTriggeredSourceThatWasDroppedIsReportedAnew() {
        int slot = watched(Events.READ);
        ready(slot, Events.READ);
        batch.endDelivery();

        ready(slot, Events.READ);

        assertEquals(List.of(slot), delivered());
    }

    @Test
    void anyNumberOfUndeliveredEdgesStays() {
        List<Integer> slots = watched(130, Events.READ | Events.EDGE);
        for (int slot : slots) {
            ready(slot, Events.READ);
            batch.endDelivery();
        }

        assertEquals(slots, delivered());
    }

    @Test
    void newOwnerOfASlotWithAnEntryIsDeliveredOnce() {
        int slot = watched(Events.READ | Events.EDGE);
        ready(slot, Events.READ);
        batch.endDelivery();
        table.remove(slot);
        assertEquals(slot, watched(Events.READ));
        ready(slot, Events.READ);

        assertEquals(List.of(slot), delivered());
        assertEquals(1, batch.staleEvents());
    }

    @Test
    void reportForAFreeSlotIsStaleWhateverItRemembers() {
        watched(20, Events.READ);
        for (int slot = 0; slot < 20; slot++) {
            table.remove(slot);
            // The generation of the next owner.
            batch.ready(table.token(slot), Events.READ);
            assertEquals(0, table.states.takeReady(slot));
        }

        assertTrue(batch.isEmpty());
        assertEquals(20, batch.staleEvents());
    }

    @Test
    void failureStaysUntilItIsDelivered() {
        int failed = watched(Events.READ);
        int both = watched(Events.READ);
        ready(both, Events.READ);
        batch.failed(failed, Events.INVALID);
        batch.failed(both, Events.ERROR);

        batch.endDelivery();

        assertEquals(both, batch.next());
        assertEquals(Events.READ | Events.ERROR, table.states.takeReady(both));
        assertEquals(failed, batch.next());
        assertEquals(Events.INVALID, table.states.takeReady(failed));
        assertEquals(KeyTable.NONE, batch.next());
    }

    @Test
    void reportForASlotThatWasNeverUsedIsStale() {
        watched(16, Events.READ);
        long[] never = {16, 17, 1_000, Integer.MAX_VALUE, 0xFFFF_FFFFL};

        for (long slot : never) {
            batch.ready(slot, Events.READ);
        }

        assertTrue(batch.isEmpty());
        assertEquals(never.length, batch.staleEvents());
    }

    @Test
    void entriesOfAllSlotsThatWereFreedMeanwhileArePassedOver() {
        List<Integer> slots = watched(20, Events.READ);
        for (int slot : slots) {
            ready(slot, Events.READ);
        }

        for (int slot : slots.subList(0, 19)) {
            table.remove(slot);
        }

        assertEquals(slots.subList(19, 20), delivered());
        assertEquals(19, batch.staleEvents());
    }
}
