package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.SelectorKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class KeyTablePropertiesTest {

    /** A descriptor that is in the table is taken out, any other is put in. */
    @Property
    void aTokenNamesItsRegistrationAndNoOtherForEver(
            @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 20) Integer> descriptors) {
        KeyTable table = new KeyTable();
        Map<Long, SelectorKey> living = new HashMap<>();
        Set<Long> dead = new HashSet<>();
        for (int fd : descriptors) {
            int slot = table.findFd(fd);
            if (slot == KeyTable.NONE) {
                SelectorKey key = new SelectorKey(new Object(), fd, Events.READ, null);
                long token = table.token(table.add(key));
                assertFalse(dead.contains(token), "a token of old is given again");
                assertFalse(living.containsKey(token), "a token is given twice");
                living.put(token, key);
            } else {
                long token = table.token(slot);
                assertSame(living.remove(token), table.remove(slot));
                dead.add(token);
            }

            living.forEach((token, key) -> assertSame(key, table.key(table.states.slotOf(token))));
            dead.forEach(token -> assertEquals(KeyTable.NONE, table.states.slotOf(token)));
            assertEquals(living.size(), table.size());
        }
    }

    @Property
    void anyNumberIsNoTokenUnlessItWasGiven(@ForAll long number, @ForAll @IntRange(max = 40) int registered) {
        KeyTable table = new KeyTable();
        Set<Long> given = new HashSet<>();
        for (int fd = 0; fd < registered; fd++) {
            given.add(table.token(table.add(new SelectorKey(new Object(), fd, Events.READ, null))));
        }

        assertTrue(table.states.slotOf(number) == KeyTable.NONE || given.contains(number));
    }
}
