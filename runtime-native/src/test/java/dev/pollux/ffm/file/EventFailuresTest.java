package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.NativeIOException;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.Selectors;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong with events: told for a failure, told for nothing, or told for ever. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class EventFailuresTest {

    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @ParameterizedTest
    @MethodSource("dev.pollux.ffm.SelectorFaultsTest#backends")
    void aRefusedConnectIsReadyAndSaysThatItFailed(BackendProvider provider) throws IOException {
        InetSocketAddress nobody;
        try (TcpListener gone = TcpListener.bind(ANY_PORT)) {
            nobody = gone.localAddress();
        }
        try (EventSelector selector = Selectors.open(provider);
                TcpStream refused = TcpStream.connect(nobody)) {
            SelectorKey key = selector.register(refused, Events.WRITE);

            List<Ready> reported = selector.select(Bytes.SOON);

            assertEquals(1, reported.size(), reported::toString);
            assertEquals(key, reported.get(0).key());
            assertTrue(reported.get(0).isWritable(), reported::toString);
            if (provider.capabilities().contains(Capability.HANGUP)) {
                int trouble = reported.get(0).ready() & (Events.ERROR | Events.HANGUP);
                assertNotEquals(Events.NONE, trouble, reported::toString);
            }
            NativeIOException refusal = assertThrows(NativeIOException.class, refused::finishConnect);
            assertEquals("ECONNREFUSED", refusal.errnoName());
            assertFalse(refused.isConnected());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.pollux.ffm.SelectorFaultsTest#backends")
    void dataThatAnotherHasTakenBlocksNobody(BackendProvider provider) throws IOException {
        try (EventSelector quick = Selectors.open(provider);
                EventSelector late = Selectors.open(provider);
                NativePipe pipe = NativePipe.open()) {
            quick.register(pipe.reader(), Events.READ);
            late.register(pipe.reader(), Events.READ);
            pipe.writer().write(Bytes.of("a"));
            assertEquals(1, quick.select(Bytes.SOON).size());
            assertEquals(1, late.select(Bytes.SOON).size());

            assertEquals(1, pipe.reader().read(Bytes.room()));

            assertEquals(0, pipe.reader().read(Bytes.room()));
            assertEquals(List.of(), late.selectNow());
            pipe.writer().write(Bytes.of("b"));
            assertEquals(1, late.select(Bytes.SOON).size());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.pollux.ffm.SelectorFaultsTest#backends")
    void aConnectionThatAnotherHasAcceptedBlocksNobody(BackendProvider provider) throws IOException {
        try (EventSelector quick = Selectors.open(provider);
                EventSelector late = Selectors.open(provider);
                TcpListener listener = TcpListener.bind(ANY_PORT);
                TcpStream client = TcpStream.connect(listener.localAddress())) {
            quick.register(listener, Events.READ);
            late.register(listener, Events.READ);
            assertEquals(1, quick.select(Bytes.SOON).size());
            assertEquals(1, late.select(Bytes.SOON).size());

            try (TcpStream accepted = listener.accept()) {
                assertNotNull(accepted, client::toString);

                assertNull(listener.accept());
                assertEquals(List.of(), late.selectNow());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.pollux.ffm.SelectorFaultsTest#backends")
    void aDescriptorClosedBehindOurBackIsToldOnceAtMost(BackendProvider provider) throws IOException {
        int[] gone = TestLibc.pipe();
        try (EventSelector selector = Selectors.open(provider);
                NativePipe living = NativePipe.open()) {
            Fd source = Fd.of(gone[0]);
            SelectorKey key = selector.register(source, Events.READ);
            SelectorKey other = selector.register(living.reader(), Events.READ);
            TestLibc.close(gone[0]);

            List<Ready> first = selector.selectNow();

            // epoll and kqueue forget it by themselves; poll and select find out by asking.
            assertTrue(
                    first.isEmpty()
                            || (first.size() == 1
                                    && first.get(0).key().equals(key)
                                    && (first.get(0).ready() & Events.INVALID) != 0),
                    first::toString);
            assertEquals(List.of(), selector.selectNow());
            living.writer().write(Bytes.of("a"));
            assertEquals(List.of(new Ready(other, Events.READ)), selector.select(Bytes.SOON));
            assertEquals(key, selector.unregister(source));
        } finally {
            TestLibc.close(gone[1]);
        }
    }
}
