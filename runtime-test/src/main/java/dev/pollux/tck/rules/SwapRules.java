package dev.pollux.tck.rules;

import static dev.pollux.Events.EDGE;
import static dev.pollux.Events.NONE;
import static dev.pollux.Events.ONESHOT;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.UnsupportedEventsException;
import dev.pollux.tck.probe.OpenDescriptors;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** SWAP: going on with another backend; here with a fresh one of the same kind. */
public interface SwapRules extends RuleGroup {

    private void swap() throws IOException {
        selector().swap(selector().backend());
    }

    @Test
    @Rule("SWAP-1")
    default void swapKeepsTheKeys() throws IOException {
        Map<Object, SelectorKey> before = new HashMap<>();
        for (int events : new int[] {READ, WRITE, READ | WRITE, NONE, READ | ONESHOT}) {
            Object source = sources().duplex().fileobj();
            before.put(source, selector().register(source, events, new Object()));
        }

        swap();

        assertEquals(before, selector().keys());
        before.forEach((source, key) -> assertSame(key, selector().key(source)));
        assertEquals(fixture().subject.provider().name(), selector().backend());
        assertEquals(fixture().subject.provider().capabilities(), selector().capabilities());
    }

    @Test
    @Rule("SWAP-1")
    default void swapKeepsWhatIsReady() throws IOException {
        TestSource readable = sources().duplex();
        TestSource writable = sources().duplex();
        TestSource idle = sources().duplex();
        selector().register(readable.fileobj(), READ, null);
        selector().register(writable.fileobj(), READ | WRITE, null);
        selector().register(idle.fileobj(), READ, null);
        readable.makeReadable();
        fixture().awaitReady(readable, READ);
        Set<Ready> before = new HashSet<>(selector().selectNow());

        swap();

        assertEquals(before, new HashSet<>(selector().selectNow()));
        idle.makeReadable();
        assertEquals(READ, fixture().awaitReady(idle, READ));
    }

    @Test
    @Rule("SWAP-1")
    default void swapLeavesTheDisarmedDisarmed() throws IOException {
        TestSource shot = sources().duplex();
        TestSource half = sources().duplex();
        TestSource none = sources().duplex();
        selector().register(shot.fileobj(), READ | ONESHOT, null);
        selector().register(half.fileobj(), READ | WRITE | ONESHOT, null);
        selector().register(none.fileobj(), NONE, null);
        shot.makeReadable();
        none.makeReadable();
        fixture().awaitReady(half, WRITE);
        if (selector().selectNow().isEmpty()) {
            // It came together with the other one's.
            fixture().assertQuiet();
        }

        swap();

        fixture().assertQuiet();
        half.makeReadable();
        assertEquals(READ, fixture().awaitReady(half, READ));
        selector().modify(none.fileobj(), READ);
        assertEquals(READ, fixture().awaitReady(none, READ));
        selector().modify(shot.fileobj(), READ | ONESHOT);
        assertEquals(READ, fixture().awaitReady(shot, READ));
    }

    @Test
    @Rule({"SWAP-1", "EDGE-1"})
    default void swapLosesNoEdge() throws IOException {
        TestSource source = sources().duplex();
        if (!fixture().subject.has(Capability.EDGE)) {
            fixture()
                    .assertRefused(
                            UnsupportedEventsException.class,
                            () -> selector().register(source.fileobj(), READ | EDGE, null),
                            "EDGE");
            throw new ProvenRefusal();
        }
        selector().register(source.fileobj(), READ | EDGE, null);
        source.makeReadable();

        swap();

        assertEquals(READ, fixture().awaitReady(source, READ));
        fixture().assertQuiet();
        source.makeReadable();
        assertEquals(READ, fixture().awaitReady(source, READ));
    }

    @Test
    @Rule({"SWAP-1", "WAKE-1"})
    default void swapKeepsAPendingWakeup() throws IOException {
        selector().wakeup();

        swap();

        assertEquals(List.of(), selector().select(fixture().soon()));
        assertEquals(0, calls().sleeps());
    }

    @Test
    @Rule("SWAP-1")
    default void registrationsGoOnAsUsualAfterSwap() throws IOException {
        TestSource old = sources().duplex();
        TestSource fresh = sources().duplex();
        selector().register(old.fileobj(), READ, null);
        swap();

        selector().modify(old.fileobj(), WRITE);
        selector().register(fresh.fileobj(), WRITE, null);
        assertEquals(2, selector().select(fixture().soon()).size());
        selector().unregister(old.fileobj());

        assertEquals(1, selector().select(fixture().soon()).size());
        assertEquals(WRITE, fixture().readyNow(fresh));
    }

    @Test
    @Rule("SWAP-2")
    default void swappingUnderTrafficLosesNothing() throws IOException {
        TestSource.Connection source = sources().connection();
        selector().register(source.fileobj(), READ, null);
        byte[] received = new byte[1];

        for (int i = 0; i < 500; i++) {
            source.send(new byte[] {(byte) i});
            if (i % 3 == 0) {
                swap();
            }
            fixture().awaitReady(source, READ);
            assertEquals(1, source.end().read(received));
            assertEquals((byte) i, received[0], "in order");
        }

        fixture().assertQuiet();
        assertEquals(calls().opened(), calls().closed() + 1, "every backend but the last is closed");
    }

    @Test
    @Rule({"SWAP-1", "CLO-2"})
    default void swapGivesBackEveryDescriptor() throws IOException {
        selector().register(sources().duplex().fileobj(), READ | WRITE, null);
        int before = OpenDescriptors.now().size();

        for (int i = 0; i < 20; i++) {
            swap();
            selector().selectNow();
        }

        assertEquals(before, OpenDescriptors.now().size(), "open descriptors");
        assertEquals(20, selector().metrics().swaps());
    }

    @Test
    @Rule("SWAP-3")
    default void swapToAnUnknownNameIsRefused() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), WRITE, null);

        fixture()
                .assertRefused(
                        IllegalArgumentException.class,
                        () -> selector().swap("no_such_backend"),
                        "no_such_backend",
                        "known: ",
                        fixture().subject.provider().name());

        assertEquals(WRITE, fixture().readyNow(source));
        assertEquals(1, calls().opened());
    }

    @Test
    @Rule("SWAP-3")
    @SuppressWarnings("NullAway") // what is tested
    default void swapToNullIsRefused() {
        fixture().assertRefused(NullPointerException.class, () -> selector().swap(null), "name");
    }

    @Test
    @Rule("SWAP-3")
    default void aBackendThatDoesNotOpenLeavesTheOldOne() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), WRITE, null);
        fixture().faults.failToOpen(new IOException("too many open files"));

        fixture().assertRefused(IOException.class, this::swap, "too many open files");

        assertEquals(WRITE, fixture().readyNow(source));
        assertEquals(0, calls().closed());
        assertEquals(0, selector().metrics().swaps());
    }

    @Test
    @Rule("SWAP-3")
    default void aRefusedRegistrationLeavesTheOldBackendAndIsNamed() throws IOException {
        TestSource first = sources().duplex();
        TestSource culprit = sources().duplex();
        TestSource last = sources().duplex();
        for (TestSource source : List.of(first, culprit, last)) {
            selector().register(source.fileobj(), WRITE, null);
        }
        IOException refusal = new IOException("refused");
        fixture().faults.refuse(culprit.fileobj(), refusal);

        IOException failure = fixture()
                .assertRefused(
                        IOException.class,
                        this::swap,
                        culprit.fileobj(),
                        fixture().subject.provider().name(),
                        "unregister it and swap again");

        assertSame(refusal, failure.getCause());
        assertEquals(3, selector().select(fixture().soon()).size());
        assertEquals(2, calls().opened());
        assertEquals(1, calls().closed(), "the new one is");
        selector().unregister(culprit.fileobj());
        swap();
        assertEquals(2, selector().select(fixture().soon()).size());
        assertTrue(selector().isOpen());
    }
}
