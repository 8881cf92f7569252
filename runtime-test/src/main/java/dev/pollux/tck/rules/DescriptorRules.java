package dev.pollux.tck.rules;

import static dev.pollux.Events.NONE;
import static dev.pollux.Events.READ;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** POLL: the descriptor of the selector itself. */
public interface DescriptorRules extends RuleGroup {

    /** More in a row than any kernel takes. */
    int MANY = 20;

    /** Returns the selector's own descriptor. Where there is none, checks that and ends the test. */
    private Fd own(EventSelector selector) {
        OptionalInt descriptor = selector.descriptor();
        assertEquals(
                fixture().subject.has(Capability.POLLABLE), descriptor.isPresent(), "a descriptor, or the capability");
        if (descriptor.isEmpty()) {
            throw new ProvenRefusal();
        }
        assertTrue(descriptor.getAsInt() >= 0, descriptor::toString);
        return Fd.of(descriptor.getAsInt());
    }

    /** Returns a selector that watches the one that is tested. */
    private EventSelector outer() throws IOException {
        Fd own = own(selector());
        if (!fixture().subject.has(Capability.DESCRIPTORS)) {
            throw new TestAbortedException("needs a backend that watches descriptors");
        }
        EventSelector outer = fixture().open();
        outer.register(own, READ, null);
        return outer;
    }

    private static void assertQuiet(EventSelector outer) throws IOException {
        assertEquals(List.of(), outer.select(Fixture.QUIET), "the selector is not ready");
    }

    @Test
    @Rule("POLL-1")
    default void aSelectorHasADescriptorExactlyWithTheCapability() throws IOException {
        Fd own = own(selector());

        selector().register(sources().duplex().fileobj(), READ, null);
        selector().selectNow();

        assertEquals(own, own(selector()));
        EventSelector other = fixture().open();
        assertNotEquals(own, own(other));
        other.close();
        assertThrows(ClosedSelectorException.class, other::descriptor);
    }

    @Test
    @Rule("POLL-2")
    default void itIsReadableWhileASourceIsReady() throws IOException {
        EventSelector outer = outer();
        Fd own = own(selector());
        TestSource source = sources().duplex();
        SelectorKey key = selector().register(source.fileobj(), READ, null);
        assertQuiet(outer);

        for (int i = 0; i < 3; i++) {
            source.makeReadable();
            assertEquals(READ, fixture().awaitReady(outer, outer.key(own).fileobj(), READ) & Events.DIRECTIONS);
            assertEquals(List.of(new Ready(key, READ)), selector().selectNow());
            fixture().awaitReady(outer, outer.key(own).fileobj(), READ);

            source.drain();
            assertQuiet(outer);
        }
    }

    @Test
    @Rule({"POLL-2", "UNR-1", "REG-3"})
    default void whatIsNotWatchedAnyMoreDoesNotMakeItReadable() throws IOException {
        EventSelector outer = outer();
        TestSource gone = sources().duplex();
        TestSource paused = sources().duplex();
        selector().register(gone.fileobj(), READ, null);
        selector().register(paused.fileobj(), READ, null);
        gone.makeReadable();
        paused.makeReadable();
        fixture().awaitReady(outer, outer.key(own(selector())).fileobj(), READ);

        selector().unregister(gone.fileobj());
        selector().modify(paused.fileobj(), NONE);

        assertQuiet(outer);
    }

    @Test
    @Rule("POLL-3")
    default void aSelectorCannotWatchItself() throws IOException {
        Fd own = own(selector());

        fixture().assertRefused(IOException.class, () -> selector().register(own, READ, null), own.fd());
    }

    @Test
    @Rule("POLL-3")
    default void asDeepAsTheKernelAllowsSelectorsWatchEachOther() throws IOException {
        EventSelector outer = outer();
        List<EventSelector> row = new ArrayList<>(List.of(selector(), outer));
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), READ, null);
        source.makeReadable();

        while (row.size() < MANY) {
            EventSelector next = fixture().open();
            Fd last = own(row.get(row.size() - 1));
            try {
                next.register(last, READ, null);
            } catch (IOException tooDeep) {
                assertTrue(tooDeep.toString().contains(Integer.toString(last.fd())), tooDeep::toString);
                assertEquals(0, next.keys().size(), "registered in spite of " + tooDeep);
                next.close();
                break;
            }
            row.add(next);
        }

        for (int i = row.size() - 1; i > 0; i--) {
            Object below = row.get(i).keys().keySet().iterator().next();
            fixture().awaitReady(row.get(i), below, READ);
        }
        fixture().awaitReady(source, READ);
    }

    @Test
    @Rule({"POLL-4", "SWAP-1"})
    default void aSwapGivesTheSelectorAnotherDescriptor() throws IOException {
        EventSelector outer = outer();
        Fd old = own(selector());
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), READ, null);
        outer.unregister(old);

        selector().swap(selector().backend());

        Fd fresh = own(selector());
        assertNotEquals(old, fresh);
        outer.register(fresh, READ, null);
        assertQuiet(outer);
        source.makeReadable();
        fixture().awaitReady(outer, outer.key(fresh).fileobj(), READ);
    }
}
