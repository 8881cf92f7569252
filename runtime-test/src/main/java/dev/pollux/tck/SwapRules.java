package dev.pollux.tck;

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
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** SWAP: going on with another backend; here with a fresh one of the same kind. */
interface SwapRules extends RuleGroup {

    private void swap() throws IOException {
        selector().swap(selector().backend());
    }

    @Test
    @Rule("SWAP-1")
    default void swapKeepsTheKeys() throws IOException {
        Map<Object, SelectorKey> before = new HashMap<>();
        for (int events : new int[] {READ, WRITE, READ | WRITE, NONE, READ | ONESHOT}) {
            Object source = links().duplex().source();
            before.put(source, selector().register(source, events, new Object()));
        }

        swap();

        assertEquals(before, selector().keys());
        before.forEach((source, key) -> assertSame(key, selector().key(source)));
        assertEquals(bench().subject.provider().name(), selector().backend());
        assertEquals(bench().subject.provider().capabilities(), selector().capabilities());
    }

    @Test
    @Rule("SWAP-1")
    default void swapKeepsWhatIsReady() throws IOException {
        Link readable = links().duplex();
        Link writable = links().duplex();
        Link idle = links().duplex();
        selector().register(readable.source(), READ, null);
        selector().register(writable.source(), READ | WRITE, null);
        selector().register(idle.source(), READ, null);
        readable.makeReadable();
        bench().awaitReady(readable, READ);
        Set<Ready> before = new HashSet<>(selector().selectNow());

        swap();

        assertEquals(before, new HashSet<>(selector().selectNow()));
        idle.makeReadable();
        assertEquals(READ, bench().awaitReady(idle, READ));
    }

    @Test
    @Rule("SWAP-1")
    default void swapLeavesTheDisarmedDisarmed() throws IOException {
        Link shot = links().duplex();
        Link half = links().duplex();
        Link none = links().duplex();
        selector().register(shot.source(), READ | ONESHOT, null);
        selector().register(half.source(), READ | WRITE | ONESHOT, null);
        selector().register(none.source(), NONE, null);
        shot.makeReadable();
        none.makeReadable();
        bench().awaitReady(half, WRITE);
        if (selector().selectNow().isEmpty()) {
            // It came together with the other one's.
            bench().assertQuiet();
        }

        swap();

        bench().assertQuiet();
        half.makeReadable();
        assertEquals(READ, bench().awaitReady(half, READ));
        selector().modify(none.source(), READ);
        assertEquals(READ, bench().awaitReady(none, READ));
        selector().modify(shot.source(), READ | ONESHOT);
        assertEquals(READ, bench().awaitReady(shot, READ));
    }

    @Test
    @Rule({"SWAP-1", "EDGE-1"})
    default void swapLosesNoEdge() throws IOException {
        Link link = links().duplex();
        if (!bench().subject.has(Capability.EDGE)) {
            bench().assertRefused(
                            UnsupportedEventsException.class,
                            () -> selector().register(link.source(), READ | EDGE, null),
                            "EDGE");
            throw new RefusedAsItShould();
        }
        selector().register(link.source(), READ | EDGE, null);
        link.makeReadable();

        swap();

        assertEquals(READ, bench().awaitReady(link, READ));
        bench().assertQuiet();
        link.makeReadable();
        assertEquals(READ, bench().awaitReady(link, READ));
    }

    @Test
    @Rule({"SWAP-1", "WAKE-1"})
    default void swapKeepsAPendingWakeup() throws IOException {
        selector().wakeup();

        swap();

        assertEquals(List.of(), selector().select(bench().soon()));
        assertEquals(0, calls().sleeps());
    }

    @Test
    @Rule("SWAP-1")
    default void registrationsGoOnAsUsualAfterSwap() throws IOException {
        Link old = links().duplex();
        Link fresh = links().duplex();
        selector().register(old.source(), READ, null);
        swap();

        selector().modify(old.source(), WRITE);
        selector().register(fresh.source(), WRITE, null);
        assertEquals(2, selector().select(bench().soon()).size());
        selector().unregister(old.source());

        assertEquals(1, selector().select(bench().soon()).size());
        assertEquals(WRITE, bench().readyNow(fresh));
    }

    @Test
    @Rule("SWAP-2")
    default void swappingUnderTrafficLosesNothing() throws IOException {
        Link.Connection link = links().connection();
        selector().register(link.source(), READ, null);
        byte[] received = new byte[1];

        for (int i = 0; i < 500; i++) {
            link.send(new byte[] {(byte) i});
            if (i % 3 == 0) {
                swap();
            }
            bench().awaitReady(link, READ);
            assertEquals(1, link.end().read(received));
            assertEquals((byte) i, received[0], "in order");
        }

        bench().assertQuiet();
        assertEquals(calls().opened(), calls().closed() + 1, "every backend but the last is closed");
    }

    @Test
    @Rule({"SWAP-1", "CLO-2"})
    default void swapGivesBackEveryDescriptor() throws IOException {
        selector().register(links().duplex().source(), READ | WRITE, null);
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
        Link link = links().duplex();
        selector().register(link.source(), WRITE, null);

        bench().assertRefused(
                        IllegalArgumentException.class,
                        () -> selector().swap("no_such_backend"),
                        "no_such_backend",
                        "known: ",
                        bench().subject.provider().name());

        assertEquals(WRITE, bench().readyNow(link));
        assertEquals(1, calls().opened());
    }

    @Test
    @Rule("SWAP-3")
    @SuppressWarnings("NullAway") // what is tested
    default void swapToNullIsRefused() {
        bench().assertRefused(NullPointerException.class, () -> selector().swap(null), "name");
    }

    @Test
    @Rule("SWAP-3")
    default void aBackendThatDoesNotOpenLeavesTheOldOne() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), WRITE, null);
        bench().faults.failToOpen(new IOException("too many open files"));

        bench().assertRefused(IOException.class, this::swap, "too many open files");

        assertEquals(WRITE, bench().readyNow(link));
        assertEquals(0, calls().closed());
        assertEquals(0, selector().metrics().swaps());
    }

    @Test
    @Rule("SWAP-3")
    default void aRefusedRegistrationLeavesTheOldBackendAndIsNamed() throws IOException {
        Link first = links().duplex();
        Link culprit = links().duplex();
        Link last = links().duplex();
        for (Link link : List.of(first, culprit, last)) {
            selector().register(link.source(), WRITE, null);
        }
        IOException refusal = new IOException("refused");
        bench().faults.refuse(culprit.source(), refusal);

        IOException failure = bench().assertRefused(
                        IOException.class,
                        this::swap,
                        culprit.source(),
                        bench().subject.provider().name(),
                        "unregister it and swap again");

        assertSame(refusal, failure.getCause());
        assertEquals(3, selector().select(bench().soon()).size());
        assertEquals(2, calls().opened());
        assertEquals(1, calls().closed(), "the new one is");
        selector().unregister(culprit.source());
        swap();
        assertEquals(2, selector().select(bench().soon()).size());
        assertTrue(selector().isOpen());
    }
}
