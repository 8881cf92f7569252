package dev.pollux.tck;

import static dev.pollux.Events.NONE;
import static dev.pollux.Events.ONESHOT;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
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
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** REG: the registration as such. What can be registered is in {@link SourceRules}. */
interface RegisterRules extends RuleGroup {

    @Test
    @Rule("REG-1")
    default void registerReturnsAKeyOfItsArguments() throws IOException {
        Object source = links().duplex().source();
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
        Object source = links().duplex().source();

        SelectorKey key = selector().register(source, READ | WRITE, "data");

        assertEquals(new SelectorKey(source, key.fd(), READ | WRITE, "data"), key);
    }

    @Test
    @Rule("REG-1")
    default void dataMayBeLeftOut() throws IOException {
        assertNull(selector().register(links().duplex().source(), READ).data());
    }

    @Test
    @Rule({"REG-1", "SEL-2"})
    default void manySourcesAreKeptApart() throws IOException {
        Set<Object> expected = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            Link link = links().reader();
            selector().register(link.source(), READ, i);
            if (i % 3 == 0) {
                link.makeReadable();
                expected.add(i);
            }
        }

        List<Object> reported = new ArrayList<>();
        for (Ready ready : selector().select(bench().soon())) {
            reported.add(ready.key().data());
        }

        assertEquals(expected.size(), reported.size(), reported::toString);
        assertEquals(expected, new HashSet<>(reported));
    }

    @Test
    @Rule("REG-2")
    default void unknownEventBitsAreRefused() throws IOException {
        Object source = links().duplex().source();

        for (int bit = 8; bit < Integer.SIZE; bit++) {
            int events = READ | 1 << bit;
            bench().assertRefused(
                            IllegalArgumentException.class,
                            () -> selector().register(source, events, null),
                            Events.toString(events),
                            "use READ, WRITE and PRIORITY");
        }
    }

    @Test
    @Rule("REG-2")
    default void bitsThatAreOnlyReportedAreRefused() throws IOException {
        Object source = links().duplex().source();

        for (int bit : new int[] {Events.ERROR, Events.HANGUP, Events.INVALID}) {
            bench().assertRefused(
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
        bench().assertRefused(
                        IllegalArgumentException.class, () -> selector().register("no source", 1 << 9, null), "0x200");
        bench().assertRefused(
                        IllegalArgumentException.class, () -> selector().register(closedSource(), 1 << 9), "0x200");
    }

    private static HasFd closedSource() {
        return () -> -1;
    }

    @Test
    @Rule("REG-3")
    default void noneKeepsTheKeyAndReportsNothing() throws IOException {
        Link link = links().duplex();
        SelectorKey key = selector().register(link.source(), NONE, "data");

        link.makeReadable();

        bench().assertQuiet();
        assertEquals(0, selector().metrics().staleEvents(), "the kernel is not asked");
        assertEquals(Map.of(link.source(), key), selector().keys());
    }

    @Test
    @Rule({"REG-3", "MOD-1"})
    default void noneReportsNotEvenAHangUp() throws IOException {
        Link.Connection link = links().connection();
        selector().register(link.source(), NONE, null);

        link.makeReadable();
        link.peer().reset();

        bench().assertQuiet();
        assertEquals(0, selector().metrics().staleEvents(), "the kernel is not asked");
        selector().modify(link.source(), READ);
        bench().awaitReady(link, READ);
    }

    @Test
    @Rule("REG-3")
    default void aModeWithoutDirectionsIsNone() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), ONESHOT, null);

        link.makeReadable();

        bench().assertQuiet();
    }

    @Test
    @Rule({"REG-3", "REG-1"})
    default void noneCanBecomeSomething() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), NONE, "data");
        link.makeReadable();

        selector().modify(link.source(), READ);

        assertEquals(READ, bench().awaitReady(link, READ));
    }

    @Test
    @Rule("REG-5")
    default void registeringTwiceIsRefused() throws IOException {
        Object source = links().duplex().source();
        SelectorKey first = selector().register(source, READ, "first");

        bench().assertRefused(
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
        Object source = links().duplex().source();
        selector().register(source, READ, "data");

        bench().assertRefused(
                        AlreadyRegisteredException.class, () -> selector().register(source, READ, "data"), source);
    }

    @Test
    @Rule("REG-5")
    default void aRefusedSecondRegistrationDoesNotDisturbTheFirst() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), READ, "first");
        bench().assertRefused(
                        AlreadyRegisteredException.class, () -> selector().register(link.source(), WRITE, "second"));

        bench().assertQuiet();
        link.makeReadable();

        assertEquals(READ, bench().awaitReady(link, READ));
    }

    @Test
    @Rule("REG-5")
    default void anotherObjectForTheSameDescriptorIsRefused() throws IOException {
        bench().descriptors();
        Link link = links().duplex();
        SelectorKey first = selector().register(link.source(), READ, "first");
        Fd alias = Fd.of(first.fd());

        bench().assertRefused(
                        AlreadyRegisteredException.class,
                        () -> selector().register(alias, WRITE, "second"),
                        alias,
                        link.source(),
                        "modify or unregister");

        assertSame(first, selector().key(alias));
    }

    @Test
    @Rule("REG-5")
    default void aChannelAndItsDescriptorAreTheSame() throws IOException {
        bench().needsChannels();
        if (!bench().subject.has(Capability.DESCRIPTORS)) {
            bench().descriptors();
        }
        Object channel = links().socketChannels().source();
        SelectorKey key = selector().register(channel, READ, null);

        bench().assertRefused(
                        AlreadyRegisteredException.class,
                        () -> selector().register(Fd.of(key.fd()), READ, null),
                        channel,
                        Fd.of(key.fd()));
    }

    @Test
    @Rule("REG-8")
    default void aRefusalByTheKernelLeavesNoKey() throws IOException {
        Link link = links().duplex();
        IOException refusal = new IOException("refused");
        bench().faults.refuse(link.source(), refusal);

        for (int events : new int[] {READ, READ | WRITE, NONE}) {
            assertSame(
                    refusal,
                    bench().assertRefused(IOException.class, () -> selector().register(link.source(), events, null)));
        }

        bench().faults.recover();
        selector().register(link.source(), READ, null);
        link.makeReadable();
        assertEquals(READ, bench().awaitReady(link, READ));
    }

    @Test
    @Rule("REG-12")
    default void anUnregisteredSourceCanBeRegisteredAgain() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), READ, "first");
        selector().unregister(link.source());

        SelectorKey second = selector().register(link.source(), READ, "second");
        link.makeReadable();

        assertEquals(List.of(new Ready(second, READ)), selector().select(bench().soon()));
    }

    @Test
    @Rule("REG-12")
    default void registeredAgainASourceGetsItsNewEventsOnly() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), READ, "first");
        link.makeReadable();
        bench().awaitReady(link, READ);
        selector().unregister(link.source());

        selector().register(link.source(), WRITE, "second");

        assertEquals(WRITE, bench().awaitReady(link, WRITE));
        assertEquals(WRITE, bench().readyNow(link));
    }

    @Test
    @Rule({"REG-12", "UNR-2"})
    default void aReusedNumberGetsItsOwnEventsOnly() throws IOException {
        Descriptors system = bench().descriptors();
        Link.Connection old = links().descriptorReader(system);
        int number = selector().register(old.source(), READ, "old").fd();
        old.makeReadable();
        selector().unregister(old.source());
        Link.Connection fresh = links().descriptorReader(system);
        int freshNumber = ((HasFd) fresh.source()).fd();

        system.dup2(freshNumber, number);
        SelectorKey key = selector().register(Fd.of(number), READ, "new");

        bench().assertQuiet();
        fresh.makeReadable();
        assertEquals(List.of(new Ready(key, READ)), selector().select(bench().soon()));
    }

    @Test
    @Rule({"REG-12", "UNR-2"})
    default void registeringAndUnregisteringOftenLeavesNothingBehind() throws IOException {
        Link link = links().duplex();
        link.makeReadable();
        for (int i = 0; i < 100; i++) {
            selector().register(link.source(), READ | WRITE, i);
            selector().unregister(link.source());
        }

        bench().assertQuiet();
        assertEquals(Map.of(), selector().keys());
    }
}
