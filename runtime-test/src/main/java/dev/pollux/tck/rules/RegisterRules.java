package dev.pollux.tck.rules;

import static dev.pollux.Events.EDGE;
import static dev.pollux.Events.NONE;
import static dev.pollux.Events.ONESHOT;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static java.nio.channels.SelectionKey.OP_ACCEPT;
import static java.nio.channels.SelectionKey.OP_CONNECT;
import static java.nio.channels.SelectionKey.OP_WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.pollux.AlreadyRegisteredException;
import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.HasFd;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.tck.source.Descriptors;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** REG: the registration as such. What can be registered is in {@link SourceRules}. */
public interface RegisterRules extends RuleGroup {

    @Test
    @Rule("REG-1")
    default void registerReturnsAKeyOfItsArguments() throws IOException {
        Object source = sources().duplex().fileobj();
        Object data = new Object();

        SelectorKey key = selector().register(source, READ, data);

        assertSame(source, key.fileobj());
        assertEquals(READ, key.events());
        assertSame(data, key.data());
        if (source instanceof HasFd descriptor) {
            assertEquals(descriptor.fd(), key.fd());
        }
    }

    @Test
    @Rule("REG-1")
    default void keysAreEqualByValue() throws IOException {
        Object source = sources().duplex().fileobj();

        SelectorKey key = selector().register(source, READ | WRITE, "data");

        assertEquals(new SelectorKey(source, key.fd(), READ | WRITE, "data"), key);
    }

    @Test
    @Rule("REG-1")
    default void dataMayBeLeftOut() throws IOException {
        assertNull(selector().register(sources().duplex().fileobj(), READ).data());
    }

    @Test
    @Rule({"REG-1", "SEL-2"})
    default void manySourcesAreKeptApart() throws IOException {
        Set<Object> expected = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            TestSource source = sources().reader();
            selector().register(source.fileobj(), READ, i);
            if (i % 3 == 0) {
                source.makeReadable();
                expected.add(i);
            }
        }

        List<Object> reported = new ArrayList<>();
        for (Ready ready : selector().select(fixture().soon())) {
            reported.add(ready.key().data());
        }

        assertEquals(expected.size(), reported.size(), reported::toString);
        assertEquals(expected, new HashSet<>(reported));
    }

    @Test
    @Rule("REG-2")
    default void unknownEventBitsAreRefused() throws IOException {
        Object source = sources().duplex().fileobj();

        for (int bit = 8; bit < Integer.SIZE; bit++) {
            int events = READ | 1 << bit;
            fixture()
                    .assertRefused(
                            IllegalArgumentException.class,
                            () -> selector().register(source, events, null),
                            Events.toString(events),
                            "use READ, WRITE and PRIORITY");
        }
    }

    @Test
    @Rule("REG-2")
    default void bitsThatAreOnlyReportedAreRefused() throws IOException {
        Object source = sources().duplex().fileobj();

        for (int bit : new int[] {Events.ERROR, Events.HANGUP, Events.INVALID}) {
            fixture()
                    .assertRefused(
                            IllegalArgumentException.class,
                            () -> selector().register(source, WRITE | bit, null),
                            Events.toString(bit),
                            "cannot be asked for",
                            "use READ, WRITE and PRIORITY");
        }
    }

    @Test
    @Rule("REG-2")
    default void eventsAreCheckedBeforeTheSource() {
        fixture()
                .assertRefused(
                        IllegalArgumentException.class,
                        () -> selector().register("no source", 1 << 20, null),
                        "0x100000");
        fixture()
                .assertRefused(
                        IllegalArgumentException.class, () -> selector().register(closedSource(), 1 << 20), "0x100000");
    }

    @Test
    @Rule("REG-2")
    default void theOperationsOfJavaNioFailWithAHint() throws IOException {
        Object source = sources().duplex().fileobj();

        for (int operation : new int[] {OP_WRITE, OP_CONNECT, OP_ACCEPT}) {
            fixture()
                    .assertRefused(
                            IllegalArgumentException.class,
                            () -> selector().register(source, operation, null),
                            "SelectionKey",
                            "use ");
            fixture()
                    .assertRefused(
                            IllegalArgumentException.class,
                            () -> selector().register(source, READ | operation, null),
                            "SelectionKey");
        }
        fixture()
                .assertRefused(
                        IllegalArgumentException.class,
                        () -> selector().register(source, OP_ACCEPT, null),
                        "SelectionKey.OP_ACCEPT",
                        "Events.READ");
    }

    @Test
    @Rule("REG-2")
    default void aModeWithoutADirectionFails() throws IOException {
        Object source = sources().duplex().fileobj();

        for (int mode : new int[] {ONESHOT, EDGE, EDGE | ONESHOT}) {
            fixture()
                    .assertRefused(
                            IllegalArgumentException.class,
                            () -> selector().register(source, mode, null),
                            Events.toString(mode),
                            "direction",
                            "add READ, WRITE or PRIORITY");
        }
    }

    private static HasFd closedSource() {
        return () -> -1;
    }

    @Test
    @Rule("REG-3")
    default void noneKeepsTheKeyAndReportsNothing() throws IOException {
        TestSource source = sources().duplex();
        SelectorKey key = selector().register(source.fileobj(), NONE, "data");

        source.makeReadable();

        fixture().assertQuiet();
        assertEquals(0, selector().metrics().staleEvents(), "the kernel is not asked");
        assertEquals(Map.of(source.fileobj(), key), selector().keys());
    }

    @Test
    @Rule({"REG-3", "MOD-1"})
    default void noneReportsNotEvenAHangUp() throws IOException {
        TestSource.Connection source = sources().connection();
        selector().register(source.fileobj(), NONE, null);

        source.makeReadable();
        source.peer().reset();

        fixture().assertQuiet();
        assertEquals(0, selector().metrics().staleEvents(), "the kernel is not asked");
        selector().modify(source.fileobj(), READ);
        fixture().awaitReady(source, READ);
    }

    @Test
    @Rule({"REG-3", "REG-1"})
    default void noneCanBecomeSomething() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), NONE, "data");
        source.makeReadable();

        selector().modify(source.fileobj(), READ);

        assertEquals(READ, fixture().awaitReady(source, READ));
    }

    @Test
    @Rule("REG-5")
    default void registeringTwiceIsRefused() throws IOException {
        Object source = sources().duplex().fileobj();
        SelectorKey first = selector().register(source, READ, "first");

        fixture()
                .assertRefused(
                        AlreadyRegisteredException.class,
                        () -> selector().register(source, WRITE, "second"),
                        source,
                        "READ",
                        "modify or unregister");

        assertSame(first, selector().key(source));
    }

    @Test
    @Rule("REG-5")
    default void registeringTwiceForTheSameEventsIsRefused() throws IOException {
        Object source = sources().duplex().fileobj();
        selector().register(source, READ, "data");

        fixture()
                .assertRefused(
                        AlreadyRegisteredException.class, () -> selector().register(source, READ, "data"), source);
    }

    @Test
    @Rule("REG-5")
    default void aRefusedSecondRegistrationDoesNotDisturbTheFirst() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), READ, "first");
        fixture()
                .assertRefused(
                        AlreadyRegisteredException.class, () -> selector().register(source.fileobj(), WRITE, "second"));

        fixture().assertQuiet();
        source.makeReadable();

        assertEquals(READ, fixture().awaitReady(source, READ));
    }

    @Test
    @Rule("REG-5")
    default void anotherObjectForTheSameDescriptorIsRefused() throws IOException {
        fixture().descriptors();
        TestSource source = sources().duplex();
        SelectorKey first = selector().register(source.fileobj(), READ, "first");
        Fd alias = Fd.of(first.fd());

        fixture()
                .assertRefused(
                        AlreadyRegisteredException.class,
                        () -> selector().register(alias, WRITE, "second"),
                        alias,
                        source.fileobj(),
                        "modify or unregister");

        assertSame(first, selector().key(alias));
    }

    @Test
    @Rule("REG-5")
    default void aChannelAndItsDescriptorAreTheSame() throws IOException {
        fixture().needsChannels();
        if (!fixture().subject.has(Capability.DESCRIPTORS)) {
            fixture().descriptors();
        }
        Object channel = sources().socketChannels().fileobj();
        SelectorKey key = selector().register(channel, READ, null);

        fixture()
                .assertRefused(
                        AlreadyRegisteredException.class,
                        () -> selector().register(Fd.of(key.fd()), READ, null),
                        channel,
                        Fd.of(key.fd()));
    }

    @Test
    @Rule("REG-8")
    default void aRefusalByTheKernelLeavesNoKey() throws IOException {
        TestSource source = sources().duplex();
        IOException refusal = new IOException("refused");
        fixture().faults.refuse(source.fileobj(), refusal);

        for (int events : new int[] {READ, READ | WRITE, NONE}) {
            assertSame(
                    refusal,
                    fixture()
                            .assertRefused(
                                    IOException.class, () -> selector().register(source.fileobj(), events, null)));
        }

        fixture().faults.recover();
        selector().register(source.fileobj(), READ, null);
        source.makeReadable();
        assertEquals(READ, fixture().awaitReady(source, READ));
    }

    @Test
    @Rule("REG-12")
    default void anUnregisteredSourceCanBeRegisteredAgain() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), READ, "first");
        selector().unregister(source.fileobj());

        SelectorKey second = selector().register(source.fileobj(), READ, "second");
        source.makeReadable();

        assertEquals(
                List.of(new Ready(second, READ)), selector().select(fixture().soon()));
    }

    @Test
    @Rule("REG-12")
    default void registeredAgainASourceGetsItsNewEventsOnly() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), READ, "first");
        source.makeReadable();
        fixture().awaitReady(source, READ);
        selector().unregister(source.fileobj());

        selector().register(source.fileobj(), WRITE, "second");

        assertEquals(WRITE, fixture().awaitReady(source, WRITE));
        assertEquals(WRITE, fixture().readyNow(source));
    }

    @Test
    @Rule({"REG-12", "UNR-2"})
    default void aReusedNumberGetsItsOwnEventsOnly() throws IOException {
        Descriptors system = fixture().descriptors();
        TestSource.Connection old = sources().descriptorReader(system);
        int number = selector().register(old.fileobj(), READ, "old").fd();
        old.makeReadable();
        selector().unregister(old.fileobj());
        TestSource.Connection fresh = sources().descriptorReader(system);
        int freshNumber = ((HasFd) fresh.fileobj()).fd();

        system.dup2(freshNumber, number);
        SelectorKey key = selector().register(Fd.of(number), READ, "new");

        fixture().assertQuiet();
        fresh.makeReadable();
        assertEquals(List.of(new Ready(key, READ)), selector().select(fixture().soon()));
    }

    @Test
    @Rule({"REG-12", "UNR-2"})
    default void registeringAndUnregisteringOftenLeavesNothingBehind() throws IOException {
        TestSource source = sources().duplex();
        source.makeReadable();
        for (int i = 0; i < 100; i++) {
            selector().register(source.fileobj(), READ | WRITE, i);
            selector().unregister(source.fileobj());
        }

        fixture().assertQuiet();
        assertEquals(Map.of(), selector().keys());
    }
}
