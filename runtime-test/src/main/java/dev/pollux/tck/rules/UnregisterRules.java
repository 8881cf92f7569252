package dev.pollux.tck.rules;

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
import dev.pollux.tck.source.Descriptors;
import dev.pollux.tck.source.Endpoint;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** UNR: the end of a registration, whatever has become of the source by then. */
public interface UnregisterRules extends RuleGroup {

    @Test
    @Rule("UNR-1")
    default void unregisterReturnsTheKey() throws IOException {
        TestSource source = sources().duplex();
        SelectorKey key = selector().register(source.fileobj(), READ, "data");

        assertSame(key, selector().unregister(source.fileobj()));

        assertEquals(Map.of(), selector().keys());
    }

    @Test
    @Rule("UNR-1")
    default void afterModifyUnregisterReturnsTheLatestKey() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), READ, "old");
        SelectorKey latest = selector().modify(source.fileobj(), WRITE, "new");

        assertSame(latest, selector().unregister(source.fileobj()));
    }

    @Test
    @Rule("UNR-1")
    default void unregisteringWhatIsNotRegisteredIsRefused() throws IOException {
        Object source = sources().duplex().fileobj();
        selector().register(sources().duplex().fileobj(), READ, null);

        fixture()
                .assertRefused(
                        NotRegisteredException.class,
                        () -> selector().unregister(source),
                        source,
                        "not registered",
                        "register it first");
        fixture().assertRefused(NotRegisteredException.class, () -> selector().unregister("nothing"), "nothing");
    }

    @Test
    @Rule("UNR-1")
    default void unregisteringTwiceIsRefused() throws IOException {
        Object source = sources().duplex().fileobj();
        selector().register(source, READ, null);
        selector().unregister(source);

        fixture().assertRefused(NotRegisteredException.class, () -> selector().unregister(source), source);
    }

    @Test
    @Rule("UNR-1")
    @SuppressWarnings("NullAway") // what is tested
    default void unregisteringNullIsRefused() {
        fixture().assertRefused(NullPointerException.class, () -> selector().unregister(null), "fileobj");
    }

    @Test
    @Rule("UNR-1")
    default void nothingIsReportedAfterUnregister() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), READ | WRITE, null);
        source.makeReadable();
        fixture().awaitReady(source, READ | WRITE);

        selector().unregister(source.fileobj());

        fixture().assertQuiet();
        assertEquals(0, selector().metrics().staleEvents(), "the kernel has forgotten it too");
    }

    @Test
    @Rule("UNR-1")
    default void unregisteringOneLeavesTheOthers() throws IOException {
        TestSource gone = sources().duplex();
        TestSource stays = sources().duplex();
        selector().register(gone.fileobj(), WRITE, "gone");
        SelectorKey key = selector().register(stays.fileobj(), WRITE, "stays");

        selector().unregister(gone.fileobj());

        assertEquals(List.of(new Ready(key, WRITE)), selector().select(fixture().soon()));
    }

    @Test
    @Rule({"UNR-2", "UNR-3"})
    default void aClosedSourceIsUnregisteredByItsObject() throws IOException {
        TestSource.Connection source = sources().connection();
        SelectorKey key = selector().register(source.fileobj(), READ | WRITE, "data");

        source.closeSource();

        assertSame(key, selector().unregister(source.fileobj()));
        assertEquals(Map.of(), selector().keys());
        fixture().assertQuiet();
    }

    @Test
    @Rule("UNR-2")
    default void aSourceThatWasClosedWhileReadyIsUnregistered() throws IOException {
        TestSource.Connection source = sources().connection();
        SelectorKey key = selector().register(source.fileobj(), READ | WRITE, "data");
        source.makeReadable();
        fixture().awaitReady(source, READ | WRITE);

        source.closeSource();

        assertSame(key, selector().unregister(source.fileobj()));
        fixture().assertQuiet();
    }

    @Test
    @Rule("UNR-2")
    default void aClosedSourceLeavesTheOthersInPeace() throws IOException {
        TestSource.Connection closed = sources().connection();
        TestSource.Connection open = sources().connection();
        selector().register(closed.fileobj(), READ, null);
        selector().register(open.fileobj(), READ, null);

        closed.closeSource();
        open.makeReadable();

        assertEquals(READ, fixture().awaitReady(open, READ));
        selector().unregister(closed.fileobj());
        assertEquals(READ, fixture().awaitReady(open, READ));
    }

    @Test
    @Rule("UNR-2")
    default void unregisteringDoesNotDisturbTheNumbersNewOwner() throws IOException {
        Descriptors system = fixture().descriptors();
        TestSource.Connection old = sources().descriptorReader(system);
        Object source = old.fileobj();
        int number = selector().register(source, READ, "old").fd();
        TestSource.Connection fresh = sources().descriptorReader(system);
        old.closeSource();
        system.dup2(((HasFd) fresh.fileobj()).fd(), number);
        try {
            fresh.makeReadable();

            assertEquals("old", selector().unregister(source).data());

            assertEquals(Map.of(), selector().keys());
            fixture().assertQuiet();
            SelectorKey key = selector().register(Fd.of(number), READ, "new");
            assertEquals(
                    List.of(new Ready(key, READ)), selector().select(fixture().soon()));
            byte[] one = new byte[2];
            assertEquals(1, system.read(number, one), "the new owner's data is still there");
        } finally {
            system.close(number);
        }
    }

    @Test
    @Rule("UNR-3")
    default void unregisterWorksThroughAnotherObjectForTheDescriptor() throws IOException {
        fixture().descriptors();
        TestSource source = sources().duplex();
        SelectorKey key = selector().register(source.fileobj(), READ, "data");

        assertSame(key, selector().unregister(Fd.of(key.fd())));

        assertEquals(Map.of(), selector().keys());
    }

    @Test
    @Rule("UNR-3")
    default void aSourceThatForgotItsNumberIsFoundByIdentity() throws IOException {
        Descriptors system = fixture().descriptors();
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
        TestSource one = sources().reader();
        TestSource other = sources().reader();
        selector().register(one.fileobj(), READ, other.fileobj());
        selector().register(other.fileobj(), READ, one.fileobj());
        one.makeReadable();
        other.makeReadable();
        List<Object> delivered = new ArrayList<>();

        int count = selector().select(fixture().soon(), (key, ready) -> {
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
        TestSource one = sources().reader();
        TestSource other = sources().reader();
        selector().register(one.fileobj(), READ, other.fileobj());
        selector().register(other.fileobj(), READ, one.fileobj());
        one.makeReadable();
        other.makeReadable();
        List<Object> delivered = new ArrayList<>();

        int count = selector().select(fixture().soon(), (key, ready) -> {
            delivered.add(key.fileobj());
            selector().unregister(otherOf(key));
            selector().register(otherOf(key), READ, key.fileobj());
        });

        assertEquals(1, count);
        assertEquals(1, delivered.size(), delivered::toString);
        assertEquals(2, selector().select(fixture().soon()).size(), "both are still ready for the next select");
    }

    @Test
    @Rule({"UNR-4", "REG-12"})
    default void closedAndReplacedInsideABatchASourceGetsNoForeignEvent() throws IOException {
        TestSource one = sources().reader();
        TestSource other = sources().reader();
        Map<Object, TestSource> others = Map.of(one.fileobj(), other, other.fileobj(), one);
        selector().register(one.fileobj(), READ, null);
        selector().register(other.fileobj(), READ, null);
        one.makeReadable();
        other.makeReadable();
        List<Object> fresh = new ArrayList<>();
        List<SelectorKey> delivered = new ArrayList<>();

        selector().select(fixture().soon(), (key, ready) -> {
            delivered.add(key);
            TestSource victim = others.get(key.fileobj());
            if (victim != null && fresh.isEmpty()) {
                selector().unregister(victim.fileobj());
                sources().discard(victim);
                // Takes the lowest free numbers, which are those of the victim.
                Object source = sources().reader().fileobj();
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
        Descriptors system = fixture().descriptors();
        TestSource.Connection zombie = sources().pipeReader();
        TestSource.Connection living = sources().pipeReader();
        Object source = zombie.fileobj();
        int number = selector().register(source, READ, "zombie").fd();
        SelectorKey key = selector().register(living.fileobj(), READ, "living");
        int duplicate = system.dup(number);
        try {
            zombie.closeSource();
            zombie.makeReadable();
            selector().unregister(source);

            fixture().assertQuiet();
            fixture().assertQuiet();
            living.makeReadable();
            assertEquals(
                    List.of(new Ready(key, READ)), selector().select(fixture().soon()));
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
        fixture().needsChannels();
        TestSource.Connection source = sources().socketChannels();
        selector().register(source.fileobj(), READ, null);

        ((SelectableChannel) source.fileobj()).close();
        selector().unregister(source.fileobj());
        fixture().assertQuiet();

        // The peer sees the end of the data once the kernel has really let go of the socket.
        TestSource.Connection other = sources().connection();
        selector().register(other.fileobj(), READ, null);
        fixture().await(() -> atEnd(source.peer()), "the peer of the closed channel sees its end");
    }

    private static boolean atEnd(Endpoint peer) {
        try {
            return peer.read(new byte[1]) < 0;
        } catch (IOException reset) {
            return true;
        }
    }
}
