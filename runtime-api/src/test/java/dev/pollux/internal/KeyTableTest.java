package dev.pollux.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

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

        assertEquals(KeyTable.NONE, table.slotOf(token));
    }

    @Test
    void tokenOfAReusedSlotDiffers() {
        int first = table.add(key("a", 5));
        long old = table.token(first);
        table.remove(first);

        int second = table.add(key("b", 5));

        assertEquals(first, second);
        assertNotEquals(old, table.token(second));
        assertEquals(KeyTable.NONE, table.slotOf(old));
        assertEquals(second, table.slotOf(table.token(second)));
    }

    @Test
    void tokensThatWereNeverGivenFindNothing() {
        table.add(key("a", 5));

        assertEquals(KeyTable.NONE, table.slotOf(-1L));
        assertEquals(KeyTable.NONE, table.slotOf(1000));
        assertEquals(KeyTable.NONE, table.slotOf(Long.MIN_VALUE));
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
}
