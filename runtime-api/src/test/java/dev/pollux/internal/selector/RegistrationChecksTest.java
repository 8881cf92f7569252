package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.HasFd;
import dev.pollux.NativeIOException;
import dev.pollux.SelectorKey;
import dev.pollux.UnsupportedEventsException;
import dev.pollux.UnsupportedSourceException;
import dev.pollux.internal.discovery.BackendCatalog;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is refused, by which exception, and that the message names the value and the way out. */
class RegistrationChecksTest {

    private static final Set<Capability> ALL = Set.of(Capability.values());

    private final SteppedProvider everything = new SteppedProvider(Capability.values());
    private final BackendCatalog catalog = BackendCatalog.of(everything);
    private final RegistrationChecks checks = new RegistrationChecks(catalog);
    private Pipe pipe;
    private SocketChannel socket;
    private ServerSocketChannel server;

    /** A channel that implements {@link HasFd} too: its descriptor counts, not java.nio's rules. */
    private static final class DescribedChannel extends AbstractSelectableChannel implements HasFd {

        DescribedChannel() {
            super(SelectorProvider.provider());
        }

        @Override
        public int fd() {
            return 9;
        }

        @Override
        public int validOps() {
            return SelectionKey.OP_WRITE;
        }

        @Override
        protected void implCloseSelectableChannel() {}

        @Override
        protected void implConfigureBlocking(boolean block) {}
    }

    @BeforeEach
    void open() throws IOException {
        pipe = Pipe.open();
        socket = SocketChannel.open();
        server = ServerSocketChannel.open();
        for (SelectableChannel channel : List.of(pipe.source(), pipe.sink(), socket, server)) {
            channel.configureBlocking(false);
        }
    }

    @AfterEach
    void close() throws IOException {
        for (SelectableChannel channel : List.of(pipe.source(), pipe.sink(), socket, server)) {
            channel.close();
        }
    }

    private static void assertTells(Throwable refused, String... parts) {
        for (String part : parts) {
            assertTrue(refused.getMessage().contains(part), refused.getMessage());
        }
    }

    @Test
    void everyDirectionAndModeCanBeAskedForAndNothingElse() {
        RegistrationChecks.checkBits(Events.NONE);
        for (int direction : new int[] {Events.READ, Events.WRITE, Events.PRIORITY}) {
            RegistrationChecks.checkBits(direction);
            RegistrationChecks.checkBits(direction | Events.MODES);
        }

        for (int bit : new int[] {Events.ERROR, Events.HANGUP, Events.INVALID, 1 << 11, Integer.MIN_VALUE}) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> RegistrationChecks.checkBits(Events.READ | bit));
            assertTells(
                    refused,
                    "events " + Events.toString(Events.READ | bit) + ": " + Events.toString(bit),
                    "use READ, WRITE and PRIORITY");
        }
    }

    @Test
    void operationsOfJavaNioFailWithTheEventToUseInstead() {
        Map<Integer, String> hints = Map.of(
                SelectionKey.OP_WRITE,
                "it looks like SelectionKey.OP_WRITE; use Events.WRITE",
                SelectionKey.OP_CONNECT,
                "it looks like SelectionKey.OP_CONNECT; use Events.WRITE",
                SelectionKey.OP_ACCEPT,
                "it looks like SelectionKey.OP_ACCEPT; use Events.READ",
                SelectionKey.OP_CONNECT | SelectionKey.OP_WRITE,
                "use the constants of Events");

        hints.forEach((operation, hint) -> {
            for (int with : new int[] {Events.NONE, Events.READ, Events.READ | Events.ONESHOT}) {
                assertTells(
                        assertThrows(
                                IllegalArgumentException.class, () -> RegistrationChecks.checkBits(operation | with)),
                        hint);
            }
        });
        assertEquals(SelectionKey.OP_READ, Events.READ);
    }

    @Test
    void modeWithoutADirectionFailsWithTheWayOut() {
        for (int mode : new int[] {Events.EDGE, Events.ONESHOT, Events.MODES}) {
            assertTells(
                    assertThrows(IllegalArgumentException.class, () -> RegistrationChecks.checkBits(mode)),
                    "events " + Events.toString(mode),
                    "add READ, WRITE or PRIORITY",
                    "NONE");
        }
    }

    @Test
    void descriptorOfTheSelectorItselfIsNoSource() throws IOException {
        RegistrationChecks.checkNotOwn(3, 4);
        RegistrationChecks.checkNotOwn(0, -1);
        RegistrationChecks.checkNotOwn(-1, -1);

        assertTells(
                assertThrows(NativeIOException.class, () -> RegistrationChecks.checkNotOwn(0, 0)),
                "fd 0: EINVAL",
                "descriptors of its own");
    }

    @Test
    void eventsAreRefusedOnlyForTheCapabilityTheyNeed() {
        checks.checkEvents(Events.DIRECTIONS | Events.MODES, ALL, "stepped");
        checks.checkEvents(Events.READ | Events.WRITE | Events.ONESHOT, Set.of(), "stepped");
        checks.checkEvents(Events.EDGE, Set.of(Capability.EDGE), "stepped");
        checks.checkEvents(Events.PRIORITY, Set.of(Capability.PRIORITY), "stepped");

        UnsupportedEventsException edge = assertThrows(
                UnsupportedEventsException.class,
                () -> checks.checkEvents(Events.READ | Events.EDGE, Set.of(Capability.PRIORITY), "poor"));
        UnsupportedEventsException priority = assertThrows(
                UnsupportedEventsException.class,
                () -> checks.checkEvents(Events.PRIORITY, Set.of(Capability.EDGE), "poor"));

        assertEquals(Capability.EDGE, edge.missing());
        assertTells(edge, "events READ|EDGE", "backend poor lacks the capability EDGE", "open the backend stepped");
        assertEquals(Capability.PRIORITY, priority.missing());
        assertTells(priority, "events PRIORITY", "lacks the capability PRIORITY");
    }

    @Test
    void descriptorIsWhatTheSourceOrAProviderTells() throws IOException {
        everything.descriptors.put(pipe.source(), 7);

        assertEquals(0, checks.descriptor(Fd.of(0)));
        assertEquals(9, checks.descriptor(new DescribedChannel()));
        assertEquals(7, checks.descriptor(pipe.source()));
        assertEquals(-1, checks.descriptor(pipe.sink()));
    }

    @Test
    void sourcesWithoutAnOpenDescriptorAreRefused() throws IOException {
        HasFd closed = () -> -1;
        pipe.source().close();

        assertTells(
                assertThrows(IllegalArgumentException.class, () -> checks.descriptor(closed)),
                "has the descriptor -1",
                "register it while it is open");
        assertTells(
                assertThrows(ClosedChannelException.class, () -> checks.descriptor(pipe.source())),
                pipe.source().toString(),
                "is closed");
        UnsupportedSourceException string =
                assertThrows(UnsupportedSourceException.class, () -> checks.descriptor("stdin"));
        assertEquals(Capability.DESCRIPTORS, string.missing());
        assertTells(string, "stdin is a java.lang.String", "Fd.of(number)");
    }

    @Test
    void sourceIsRefusedWhereItsKindCannotBeWatched() {
        checks.checkSource(Fd.of(3), 3, Set.of(Capability.DESCRIPTORS), "stepped");
        checks.checkSource(pipe.source(), -1, Set.of(Capability.JAVA_CHANNELS), "stepped");
        checks.checkSource(pipe.source(), 0, ALL, "stepped");

        UnsupportedSourceException number = assertThrows(
                UnsupportedSourceException.class,
                () -> checks.checkSource(Fd.of(3), 3, Set.of(Capability.JAVA_CHANNELS), "channels"));
        UnsupportedSourceException channel = assertThrows(
                UnsupportedSourceException.class,
                () -> checks.checkSource(pipe.source(), 7, Set.of(Capability.DESCRIPTORS), "numbers"));
        UnsupportedSourceException stranger = assertThrows(
                UnsupportedSourceException.class, () -> checks.checkSource(pipe.source(), -1, ALL, "stepped"));

        assertEquals(Capability.DESCRIPTORS, number.missing());
        assertTells(number, "backend channels lacks the capability DESCRIPTORS", "open the backend stepped");
        assertEquals(Capability.JAVA_CHANNELS, channel.missing());
        assertTells(channel, "(fd 7)", "backend numbers lacks the capability JAVA_CHANNELS");
        assertEquals(Capability.DESCRIPTORS, stranger.missing());
        assertTells(stranger, "is unknown, and backend stepped needs it");
    }

    @Test
    void channelIsWatchedForWhatItCanDoAndForPriority() {
        RegistrationChecks.checkOperations(pipe.source(), Events.READ | Events.PRIORITY | Events.MODES);
        RegistrationChecks.checkOperations(pipe.sink(), Events.WRITE | Events.PRIORITY | Events.MODES);
        RegistrationChecks.checkOperations(server, Events.READ);
        RegistrationChecks.checkOperations(socket, Events.DIRECTIONS);

        assertTells(
                assertThrows(
                        IllegalArgumentException.class,
                        () -> RegistrationChecks.checkOperations(pipe.source(), Events.READ | Events.WRITE)),
                "events READ|WRITE: WRITE does not fit",
                "which can be watched for READ");
        assertTells(
                assertThrows(
                        IllegalArgumentException.class,
                        () -> RegistrationChecks.checkOperations(pipe.sink(), Events.READ)),
                "READ does not fit",
                "which can be watched for WRITE");
        assertTells(
                assertThrows(
                        IllegalArgumentException.class, () -> RegistrationChecks.checkOperations(server, Events.WRITE)),
                "WRITE does not fit",
                "which can be watched for READ");
    }

    @Test
    void channelInBlockingModeIsRefusedUnlessItIsClosedAnyway() throws IOException {
        pipe.source().configureBlocking(true);

        assertTells(
                assertThrows(
                        IllegalBlockingModeException.class,
                        () -> RegistrationChecks.checkOperations(pipe.source(), Events.READ)),
                "is in blocking mode; call configureBlocking(false) first");

        pipe.source().close();
        RegistrationChecks.checkOperations(pipe.source(), Events.READ);
    }

    @Test
    void channelThatTellsItsDescriptorIsNotHeldToTheRulesOfChannels() {
        DescribedChannel described = new DescribedChannel();
        assertTrue(described.isBlocking());

        RegistrationChecks.checkOperations(described, Events.READ);
        RegistrationChecks.checkOperations(Fd.of(3), Events.DIRECTIONS);

        assertEquals(Events.READ, RegistrationChecks.anyDirection(described));
    }

    @Test
    void sourceIsTriedOutForADirectionThatItHas() {
        assertEquals(Events.READ, RegistrationChecks.anyDirection(Fd.of(3)));
        assertEquals(Events.READ, RegistrationChecks.anyDirection(pipe.source()));
        assertEquals(Events.WRITE, RegistrationChecks.anyDirection(pipe.sink()));
        assertEquals(Events.READ, RegistrationChecks.anyDirection(server));
        assertEquals(Events.READ, RegistrationChecks.anyDirection(socket));
    }

    @Test
    void secondRegistrationIsToldWhichOneIsThere() {
        Fd present = Fd.of(3);
        SelectorKey key = new SelectorKey(present, 3, Events.READ, null);

        assertTells(
                RegistrationChecks.alreadyRegistered(present, key),
                "is registered already for READ",
                "modify or unregister");
        Throwable other = RegistrationChecks.alreadyRegistered(pipe.source(), key);
        assertTells(other, pipe.source() + " (fd 3) names the descriptor under which " + present);
        assertFalse(other.getMessage().contains("already for"), other.getMessage());
    }

    @Test
    void descriptorIsToldWhereTheSourceDoesNotTellIt() {
        assertEquals(Fd.of(3).toString(), RegistrationChecks.describe(Fd.of(3), 3));
        assertEquals("pipe (fd 0)", RegistrationChecks.describe("pipe", 0));
        assertEquals("pipe", RegistrationChecks.describe("pipe", -1));
    }

    @Test
    void onlyASourceThatIsKnownToBeClosedCountsAsClosed() throws IOException {
        RegistrationChecks.checkOpen(Fd.of(0));
        RegistrationChecks.checkOpen("a source of another kind");
        RegistrationChecks.checkOpen(pipe.source());
        HasFd withoutDescriptor = () -> -1;
        assertThrows(ClosedSourceException.class, () -> RegistrationChecks.checkOpen(withoutDescriptor));

        pipe.source().close();

        assertThrows(ClosedSourceException.class, () -> RegistrationChecks.checkOpen(pipe.source()));
    }
}
