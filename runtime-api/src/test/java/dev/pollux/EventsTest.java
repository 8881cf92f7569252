package dev.pollux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The values that cross the API. */
class EventsTest {

    @Test
    void bitsArePrintedByName() {
        assertEquals("NONE", Events.toString(Events.NONE));
        assertEquals("READ|EDGE", Events.toString(Events.READ | Events.EDGE));
        assertEquals(
                "READ|WRITE|PRIORITY|EDGE|ONESHOT|ERROR|HANGUP|INVALID",
                Events.toString(Events.DIRECTIONS | Events.MODES | Events.REPORTED_ONLY));
    }

    @Test
    void unknownBitsArePrintedAsANumber() {
        assertEquals("WRITE|0x100000", Events.toString(Events.WRITE | 0x100000));
        assertTrue(Events.toString(-1).endsWith("|0xfffff81c"));
    }

    @Test
    void keysAreEqualByValueAndPrintTheirEvents() {
        SelectorKey key = new SelectorKey(Fd.of(5), 5, Events.READ, "data");

        assertEquals(new SelectorKey(Fd.of(5), 5, Events.READ, "data"), key);
        assertTrue(key.toString().contains("READ"), key.toString());
    }

    @Test
    void readyTellsDirections() {
        SelectorKey key = new SelectorKey(Fd.of(5), 5, Events.READ | Events.WRITE, null);

        assertTrue(new Ready(key, Events.READ).isReadable());
        assertFalse(new Ready(key, Events.READ).isWritable());
        assertTrue(new Ready(key, Events.WRITE | Events.HANGUP).isWritable());
        assertTrue(new Ready(key, Events.WRITE | Events.HANGUP).toString().contains("WRITE|HANGUP"));
    }

    @Test
    void negativeDescriptorsAreRefused() {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> Fd.of(-3));

        assertTrue(refused.getMessage().contains("-3"), refused.getMessage());
    }

    @Test
    void requirementsCopyTheirSets() {
        Set<Capability> capabilities = EnumSet.of(Capability.EDGE);
        Set<String> avoided = new HashSet<>(Set.of("nio"));
        Requirements requirements = new Requirements(capabilities, avoided);
        capabilities.clear();
        avoided.clear();

        assertEquals(new Requirements(Set.of(Capability.EDGE), Set.of("nio")), requirements);
        assertEquals(Set.of("nio", "epoll"), requirements.avoiding("epoll").avoided());
        assertThrows(
                UnsupportedOperationException.class,
                () -> requirements.capabilities().add(Capability.PRIORITY));
    }

    @Test
    void nativeErrorsNameCallDescriptorErrorAndHint() {
        NativeIOException error = new NativeIOException("epoll_ctl(ADD)", 7, 1, "EPERM", "use the poll backend");

        assertEquals("epoll_ctl(ADD) on fd 7: EPERM, use the poll backend", error.getMessage());
        assertFalse(error.isExhaustion());
        assertTrue(new NativeIOException("eventfd", -1, 24, "EMFILE", "raise ulimit -n").isExhaustion());
    }
}
