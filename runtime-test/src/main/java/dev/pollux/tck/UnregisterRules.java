package dev.pollux.tck;

import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Fd;
import dev.pollux.HasFd;
import dev.pollux.NotRegisteredException;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** UNR: the end of a registration, whatever has become of the source by then. */
interface UnregisterRules extends RuleGroup {

    @Test
    @Rule("UNR-1")
    default void unregisterReturnsTheKey() throws IOException {
        Link link = links().duplex();
        SelectorKey key = selector().register(link.source(), READ, "data");

        assertSame(key, selector().unregister(link.source()));

        assertEquals(Map.of(), selector().keys());
    }

    @Test
    @Rule("UNR-1")
    default void afterModifyUnregisterReturnsTheLatestKey() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), READ, "old");
        SelectorKey latest = selector().modify(link.source(), WRITE, "new");

        assertSame(latest, selector().unregister(link.source()));
    }

    @Test
    @Rule("UNR-1")
    default void unregisteringWhatIsNotRegisteredIsRefused() throws IOException {
        Object source = links().duplex().source();
        selector().register(links().duplex().source(), READ, null);

        bench().assertRefused(
                        NotRegisteredException.class,
                        () -> selector().unregister(source),
                        source,
                        "not registered",
                        "register it first");
        bench().assertRefused(NotRegisteredException.class, () -> selector().unregister("nothing"), "nothing");
    }

    @Test
    @Rule("UNR-1")
    default void unregisteringTwiceIsRefused() throws IOException {
        Object source = links().duplex().source();
        selector().register(source, READ, null);
        selector().unregister(source);

        bench().assertRefused(NotRegisteredException.class, () -> selector().unregister(source), source);
    }

    @Test
    @Rule("UNR-1")
    @SuppressWarnings("NullAway") // what is tested
    default void unregisteringNullIsRefused() {
        bench().assertRefused(NullPointerException.class, () -> selector().unregister(null), "fileobj");
    }

    @Test
    @Rule("UNR-1")
    default void nothingIsReportedAfterUnregister() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), READ | WRITE, null);
        link.makeReadable();
        bench().awaitReady(link, READ | WRITE);

        selector().unregister(link.source());

        bench().assertQuiet();
        assertEquals(0, selector().metrics().staleEvents(), "the kernel has forgotten it too");
    }

    @Test
    @Rule("UNR-1")
    default void unregisteringOneLeavesTheOthers() throws IOException {
        Link gone = links().duplex();
        Link stays = links().duplex();
        selector().register(gone.source(), WRITE, "gone");
        SelectorKey key = selector().register(stays.source(), WRITE, "stays");

        selector().unregister(gone.source());

        assertEquals(List.of(new Ready(key, WRITE)), selector().select(bench().soon()));
    }

    @Test
    @Rule({"UNR-2", "UNR-3"})
    default void aClosedSourceIsUnregisteredByItsObject() throws IOException {
        Link.Connection link = links().connection();
        SelectorKey key = selector().register(link.source(), READ | WRITE, "data");

        link.closeSource();

        assertSame(key, selector().unregister(link.source()));
        assertEquals(Map.of(), selector().keys());
        bench().assertQuiet();
    }

    @Test
    @Rule("UNR-2")
    default void aSourceThatWasClosedWhileReadyIsUnregistered() throws IOException {
        Link.Connection link = links().connection();
        SelectorKey key = selector().register(link.source(), READ | WRITE, "data");
        link.makeReadable();
        bench().awaitReady(link, READ | WRITE);

        link.closeSource();

        assertSame(key, selector().unregister(link.source()));
        bench().assertQuiet();
    }

    @Test
    @Rule("UNR-2")
    default void aClosedSourceLeavesTheOthersInPeace() throws IOException {
        Link.Connection closed = links().connection();
        Link.Connection open = links().connection();
        selector().register(closed.source(), READ, null);
        selector().register(open.source(), READ, null);

        closed.closeSource();
        open.makeReadable();

        assertEquals(READ, bench().awaitReady(open, READ));
        selector().unregister(closed.source());
        assertEquals(READ, bench().awaitReady(open, READ));
    }

    @Test
    @Rule("UNR-2")
    default void unregisteringDoesNotDisturbTheNumbersNewOwner() throws IOException {
        Descriptors system = bench().descriptors();
        Link.Connection old = links().descriptorReader(system);
        Object source = old.source();
        int number = selector().register(source, READ, "old").fd();
        Link.Connection fresh = links().descriptorReader(system);
        old.closeSource();
        system.dup2(((HasFd) fresh.source()).fd(), number);
        try {
            fresh.makeReadable();

            assertEquals("old", selector().unregister(source).data());

            assertEquals(Map.of(), selector().keys());
            bench().assertQuiet();
            SelectorKey key = selector().register(Fd.of(number), READ, "new");
            assertEquals(List.of(new Ready(key, READ)), selector().select(bench().soon()));
            byte[] one = new byte[2];
            assertEquals(1, system.read(number, one), "the new owner's data is still there");
        } finally {
            system.close(number);
        }
    }

    @Test
    @Rule("UNR-3")
    default void unregisterWorksThroughAnotherObjectForTheDescriptor() throws IOException {
        bench().descriptors();
        Link link = links().duplex();
        SelectorKey key = selector().register(link.source(), READ, "data");

        assertSame(key, selector().unregister(Fd.of(key.fd())));

        assertEquals(Map.of(), selector().keys());
    }

    @Test
    @Rule("UNR-3")
    default void aSourceThatForgotItsNumberIsFoundByIdentity() throws IOException {
        Descriptors system = bench().descriptors();
        Descriptors.Pair pipe = system.pipe();
        int[] number = {pipe.first()};
        HasFd source = () -> number[0];
        SelectorKey key = selector().register(source, READ, "data");

        system.close(pipe.first());
        system.close(pipe.second());
        number[0] = -1;

        assertSame(key, selector().key(source));
        assertSame(key, selector().unregister(source));
    }

    @Test
    @Rule("UNR-4")
    default void anEventCollectedEarlierIsNotDeliveredAfterUnregister() throws IOException {
        Link one = links().reader();
        Link other = links().reader();
        selector().register(one.source(), READ, other.source());
        selector().register(other.source(), READ, one.source());
        one.makeReadable();
        other.makeReadable();
        List<Object> delivered = new ArrayList<>();

        int count = selector().select(bench().soon(), (key, ready) -> {
            delivered.add(key.fileobj());
            selector().unregister(otherOf(key));
        });

        assertEquals(1, count);
        assertEquals(1, delivered.size(), delivered::toString);
    }

    private static Object otherOf(SelectorKey key) {
        Object other = key.data();
        if (other == null) {
            throw new AssertionError(key + " lost its data");
        }
        return other;
    }

    @Test
    @Rule("UNR-4")
    default void anEventCollectedEarlierIsNotDeliveredToARegistrationMadeAnew() throws IOException {
        Link one = links().reader();
        Link other = links().reader();
        selector().register(one.source(), READ, other.source());
        selector().register(other.source(), READ, one.source());
        one.makeReadable();
        other.makeReadable();
        List<Object> delivered = new ArrayList<>();

        int count = selector().select(bench().soon(), (key, ready) -> {
            delivered.add(key.fileobj());
            selector().unregister(otherOf(key));
            selector().register(otherOf(key), READ, key.fileobj());
        });

        assertEquals(1, count);
        assertEquals(1, delivered.size(), delivered::toString);
        assertEquals(2, selector().select(bench().soon()).size(), "both are still ready for the next select");
    }

    @Test
    @Rule({"UNR-4", "REG-12"})
    default void closedAndReplacedInsideABatchASourceGetsNoForeignEvent() throws IOException {
        Link one = links().reader();
        Link other = links().reader();
        Map<Object, Link> others = Map.of(one.source(), other, other.source(), one);
        selector().register(one.source(), READ, null);
        selector().register(other.source(), READ, null);
        one.makeReadable();
        other.makeReadable();
        List<Object> fresh = new ArrayList<>();
        List<SelectorKey> delivered = new ArrayList<>();

        selector().select(bench().soon(), (key, ready) -> {
            delivered.add(key);
            Link victim = others.get(key.fileobj());
            if (victim != null && fresh.isEmpty()) {
                selector().unregister(victim.source());
                links().discard(victim);
                // Takes the lowest free numbers, which are those of the victim.
                Object source = links().reader().source();
                selector().register(source, READ, "fresh");
                fresh.add(source);
            }
        });

        assertEquals(1, delivered.size(), delivered::toString);
        assertTrue(selector().keys().containsKey(fresh.get(0)));
    }

    @Test
    @Rule("UNR-5")
    default void aDuplicateThatOutlivesItsRegistrationDoesNotSpin() throws IOException {
        Descriptors system = bench().descriptors();
        Link.Connection zombie = links().pipeReader();
        Link.Connection living = links().pipeReader();
        Object source = zombie.source();
        int number = selector().register(source, READ, "zombie").fd();
        SelectorKey key = selector().register(living.source(), READ, "living");
        int duplicate = system.dup(number);
        try {
            zombie.closeSource();
            zombie.makeReadable();
            selector().unregister(source);

            bench().assertQuiet();
            bench().assertQuiet();
            living.makeReadable();
            assertEquals(List.of(new Ready(key, READ)), selector().select(bench().soon()));
            assertTrue(
                    selector().metrics().rebuilds() <= 1,
                    () -> "one rebuild is enough: " + selector().metrics());
            assertEquals(selector().metrics().rebuilds(), selector().metrics().staleEvents());
        } finally {
            system.close(duplicate);
        }
    }

    @Test
    @Rule({"UNR-5", "REG-12"})
    default void aChannelClosedWhileRegisteredIsGoneForGood() throws IOException {
        bench().needsChannels();
        Link.Connection link = links().socketChannels();
        selector().register(link.source(), READ, null);

        ((SelectableChannel) link.source()).close();
        selector().unregister(link.source());
        bench().assertQuiet();

        // The peer sees the end of the data once the kernel has really let go of the socket.
        Link.Connection other = links().connection();
        selector().register(other.source(), READ, null);
        bench().await(() -> atEnd(link.peer()), "the peer of the closed channel is told");
    }

    private static boolean atEnd(End peer) {
        try {
            return peer.read(new byte[1]) < 0;
        } catch (IOException reset) {
            return true;
        }
    }
}
