package dev.pollux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
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
        assertEquals("WRITE|0x10", Events.toString(Events.WRITE | 0x10));
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
    void requirementsAreAValueThatGrowsByCopies() {
        Requirements edge = Requirements.of(Capability.EDGE);
        Requirements more = edge.requiring(Capability.PRIORITY).avoiding("nio").avoiding("poll");

        assertEquals(Set.of(Capability.EDGE), edge.capabilities());
        assertEquals(Set.of(), edge.avoided());
        assertEquals(Set.of(Capability.EDGE, Capability.PRIORITY), more.capabilities());
        assertEquals(Set.of("nio", "poll"), more.avoided());
        assertEquals(
                "Requirements[capabilities=[EDGE], avoided=[nio]]",
                edge.avoiding("nio").toString());
        assertThrows(
                UnsupportedOperationException.class, () -> edge.capabilities().add(Capability.PRIORITY));
    }

    @Test
    void requirementsAreEqualIfBothPartsAre() {
        Requirements edge = Requirements.of(Capability.EDGE);

        assertEquals(Requirements.none().requiring(Capability.EDGE), edge);
        assertEquals(Requirements.none().requiring(Capability.EDGE).hashCode(), edge.hashCode());
        assertNotEquals(Requirements.none(), edge);
        assertNotEquals(edge.avoiding("nio"), edge);
        assertNotEquals(edge, "EDGE");
        assertNotEquals(Requirements.none().hashCode(), edge.hashCode());
    }

    @Test
    void metricsAreEqualIfEveryNumberIs() {
        List<UnaryOperator<SelectorMetrics.Builder>> numbers = List.of(
                b -> b.registered(1),
                b -> b.waits(2),
                b -> b.events(3),
                b -> b.staleEvents(4),
                b -> b.wakeups(5),
                b -> b.rebuilds(6),
                b -> b.swaps(7));
        SelectorMetrics.Builder all = SelectorMetrics.builder();
        for (UnaryOperator<SelectorMetrics.Builder> number : numbers) {
            SelectorMetrics one = number.apply(SelectorMetrics.builder()).build();
            assertEquals(number.apply(SelectorMetrics.builder()).build(), one);
            assertNotEquals(SelectorMetrics.none(), one);
            assertNotEquals(SelectorMetrics.none().hashCode(), one.hashCode());
            all = number.apply(all);
        }

        assertEquals(
                "SelectorMetrics[registered=1, waits=2, events=3, staleEvents=4, wakeups=5, rebuilds=6, swaps=7]",
                all.build().toString());
        assertEquals(SelectorMetrics.none(), SelectorMetrics.builder().build());
        assertNotEquals(SelectorMetrics.none(), "nothing");
    }

    @Test
    void nativeErrorsNameCallDescriptorErrorAndHint() {
        NativeIOException error = new NativeIOException("epoll_ctl(ADD)", 7, 1, "EPERM", "use the poll backend");

        assertEquals("epoll_ctl(ADD) on fd 7: EPERM, use the poll backend", error.getMessage());
        assertFalse(error.isExhaustion());
        assertTrue(new NativeIOException("eventfd", -1, 24, "EMFILE", "raise ulimit -n").isExhaustion());
    }
}
