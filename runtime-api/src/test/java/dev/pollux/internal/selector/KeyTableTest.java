package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.SelectorKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyTableTest {

    private final KeyTable table = new KeyTable();

    private static SelectorKey key(Object fileobj, int fd) {
        return new SelectorKey(fileobj, fd, Events.READ, null);
    }

    @Test
    void tokenOfAFreedSlotFindsNothing() {
        int slot = table.add(key("a", 5));
        long token = table.token(slot);

        table.remove(slot);

        assertEquals(KeyTable.NONE, table.states.slotOf(token));
    }

    @Test
    void tokenOfAReusedSlotDiffers() {
        int first = table.add(key("a", 5));
        long old = table.token(first);
        table.remove(first);

        int second = table.add(key("b", 5));

        assertEquals(first, second);
        assertNotEquals(old, table.token(second));
        assertEquals(KeyTable.NONE, table.states.slotOf(old));
        assertEquals(second, table.states.slotOf(table.token(second)));
    }

    @Test
    void tokensThatWereNeverGivenFindNothing() {
        table.add(key("a", 5));

        assertEquals(KeyTable.NONE, table.states.slotOf(-1L));
        assertEquals(KeyTable.NONE, table.states.slotOf(1000));
        assertEquals(KeyTable.NONE, table.states.slotOf(Long.MIN_VALUE));
    }

    @Test
    void equalButDistinctObjectsAreFoundByIdentityOnly() {
        Object registered = new Fd(7);
        int slot = table.add(key(registered, 7));

        assertEquals(slot, table.findObject(registered));
        assertEquals(KeyTable.NONE, table.findObject(new Fd(7)));
        assertEquals(slot, table.findFd(7));
    }

    @Test
    void unknownDescriptorsAreNotFound() {
        assertEquals(KeyTable.NONE, table.findFd(0));
        assertEquals(KeyTable.NONE, table.findFd(-1));
        assertEquals(KeyTable.NONE, table.findFd(Integer.MAX_VALUE));
    }

    @Test
    void highestDescriptorOfAllIsFoundToo() {
        int slot = table.add(key("a", Integer.MAX_VALUE));

        assertEquals(slot, table.findFd(Integer.MAX_VALUE));
        table.remove(slot);
        assertEquals(KeyTable.NONE, table.findFd(Integer.MAX_VALUE));
    }

    @Test
    void agreesWithAMapAfterManyAddsAndRemoves() {
        Random random = new Random(42);
        Map<Integer, Object> model = new HashMap<>();
        List<Integer> fds = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            int fd = random.nextInt(500);
            if (model.containsKey(fd)) {
                assertEquals(table.findFd(fd), table.findObject(model.get(fd)));
                table.remove(table.findFd(fd));
                model.remove(fd);
            } else {
                Object fileobj = new Object();
                model.put(fd, fileobj);
                table.add(key(fileobj, fd));
            }
            assertEquals(model.size(), table.size());
            fds.add(fd);
        }
        for (int fd : fds) {
            int slot = table.findFd(fd);
            assertEquals(model.containsKey(fd), slot != KeyTable.NONE);
            if (slot != KeyTable.NONE) {
                assertEquals(slot, table.findObject(model.get(fd)));
                assertEquals(fd, table.key(slot).fd());
            }
        }
    }

    @Test
    void everySlotIsKeptWhenTheTableGrows() {
        for (int fd = 0; fd < 1000; fd++) {
            int slot = table.add(key(new Object(), fd));
            assertEquals(fd, slot);
            assertEquals(0, table.states.armed(slot));
            table.states.arm(slot, fd & Events.DIRECTIONS);
        }

        assertEquals(1000, table.size());
        assertEquals(1000, table.slotLimit());
        for (int fd = 0; fd < 1000; fd++) {
            assertEquals(fd, table.findFd(fd));
            assertEquals(fd & Events.DIRECTIONS, table.states.armed(fd));
            assertEquals(fd, table.findObject(table.key(fd).fileobj()));
            assertEquals(fd, table.states.slotOf(table.token(fd)));
        }
        assertEquals(KeyTable.NONE, table.findFd(1000));
    }

    @Test
    void freedSlotsAreTakenAgainBeforeNewOnes() {
        for (int fd = 0; fd < 10; fd++) {
            table.add(key(new Object(), fd));
        }
        table.states.arm(4, Events.READ);
        table.remove(4);
        table.remove(7);

        assertEquals(7, table.add(key(new Object(), 20)));
        assertEquals(4, table.add(key(new Object(), 21)));
        assertEquals(0, table.states.armed(4));
        assertEquals(10, table.add(key(new Object(), 22)));
    }

    @Test
    void descriptorsOnBothSidesOfAPageAreToldApart() {
        for (int fd : new int[] {0, 511, 512, 513, 1023, 1024, 5000}) {
            int slot = table.add(key(new Object(), fd));
            assertEquals(slot, table.findFd(fd));
        }

        assertEquals(KeyTable.NONE, table.findFd(1));
        assertEquals(KeyTable.NONE, table.findFd(510));
        assertEquals(KeyTable.NONE, table.findFd(2048));
        assertEquals(KeyTable.NONE, table.findFd(5119));
        assertEquals(KeyTable.NONE, table.findFd(5120));
        assertEquals(KeyTable.NONE, table.findFd(1 << 20));
    }

    @Test
    void sourcesWithoutADescriptorAreFoundByTheirObjectOnly() {
        Object first = new Object();
        Object second = new Object();
        int one = table.add(key(first, -1));
        int other = table.add(key(second, -1));

        assertEquals(KeyTable.NONE, table.findFd(-1));
        assertEquals(one, table.findObject(first));
        table.remove(one);
        assertEquals(KeyTable.NONE, table.findObject(first));
        assertEquals(other, table.findObject(second));
    }

    @Test
    void slotsInUseAreGoneThroughInOrder() {
        assertEquals(KeyTable.NONE, table.nextUsed(0));
        for (int fd = 0; fd < 4; fd++) {
            table.add(key(new Object(), fd));
        }
        table.remove(0);
        table.remove(2);

        assertEquals(1, table.nextUsed(0));
        assertEquals(1, table.nextUsed(1));
        assertEquals(3, table.nextUsed(2));
        assertEquals(KeyTable.NONE, table.nextUsed(4));
        table.remove(3);
        assertEquals(KeyTable.NONE, table.nextUsed(2));
    }

    @Test
    void replacedKeyIsFoundInItsSlot() {
        SelectorKey old = key("a", 5);
        int slot = table.add(old);
        SelectorKey fresh = new SelectorKey(old.fileobj(), 5, Events.WRITE, "data");

        table.replace(slot, fresh);

        assertSame(fresh, table.key(slot));
        assertEquals(slot, table.findObject(old.fileobj()));
        assertSame(fresh, table.remove(slot));
        assertNull(table.keyOrNull(slot));
    }

    @Test
    void askingForTheKeyOfAFreeSlotIsAnError() {
        int slot = table.add(key("a", 5));
        table.remove(slot);

        AssertionError refused = assertThrows(AssertionError.class, () -> table.key(slot));

        assertEquals("slot 0 is free", refused.getMessage());
    }

    @Test
    void tokenOfTheNextSlotToBeUsedFindsNothing() {
        for (int fd = 0; fd < 16; fd++) {
            table.add(key(new Object(), fd));
        }

        assertEquals(KeyTable.NONE, table.states.slotOf(16));
        assertEquals(15, table.states.slotOf(15));
        assertEquals(0, table.states.slotOf(0));
    }

    @Test
    void fullTableHasNoSlotAfterItsLast() {
        for (int fd = 0; fd < 64; fd++) {
            table.add(key(new Object(), fd));

            assertEquals(fd, table.nextUsed(fd));
            assertEquals(KeyTable.NONE, table.nextUsed(fd + 1));
        }
    }

    @Test
    void slotIsAskedForItsKeyByAnyNumber() {
        SelectorKey key = key("a", 5);
        int slot = table.add(key);

        assertSame(key, table.keyOrNull(slot));
        for (int other = slot + 1; other < 100; other++) {
            assertNull(table.keyOrNull(other));
        }
    }
}
