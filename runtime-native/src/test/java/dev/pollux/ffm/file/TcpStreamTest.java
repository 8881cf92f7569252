package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
@Timeout(60)
class TcpStreamTest {

    private static final InetSocketAddress ANY_PORT = address("127.0.0.1", 0);

    private Map<Integer, String> openBefore;
    private TcpListener listener;
    private TcpStream client;
    private TcpStream server;

    @BeforeEach
    void connect() throws IOException {
        openBefore = OpenFiles.now();
        listener = TcpListener.bind(ANY_PORT);
        client = TcpStream.connect(listener.localAddress());
        assertEquals(Events.WRITE, Bytes.await(client, Events.WRITE));
        assertTrue(client.finishConnect());
        Bytes.await(listener, Events.READ);
        server = listener.accept();
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
        listener.close();
        assertEquals(openBefore, OpenFiles.now());
    }

    @Test
    void bytesGoBothWays() throws IOException {
        ByteBuffer request = Bytes.of("request");
        ByteBuffer received = Bytes.room();

        assertEquals(7, client.write(request));
        assertEquals(Events.READ, Bytes.await(server, Events.READ));
        assertEquals(7, server.read(received));
        server.write(Bytes.of("reply"));
        Bytes.await(client, Events.READ);
        client.read(received);

        assertFalse(request.hasRemaining());
        assertEquals("requestreply", Bytes.text(received));
    }

    @Test
    void segmentsAreReadAndWrittenAsAWhole() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sent = arena.allocateFrom("abc");
            MemorySegment received = arena.allocate(2);

            assertEquals(4, client.write(sent));
            Bytes.await(server, Events.READ);

            assertEquals(2, server.read(received));
            assertEquals('b', received.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 1));
        }
    }

    @Test
    void onlyTheRemainingPartOfABufferIsUsed() throws IOException {
        ByteBuffer middle = Bytes.of("abcdef").position(2).limit(4);
        ByteBuffer received = Bytes.room().position(10).limit(11);

        assertEquals(2, client.write(middle));
        Bytes.await(server, Events.READ);

        assertEquals(1, server.read(received));
        assertEquals('c', received.get(10));
        assertEquals(11, received.position());
        assertEquals(0, server.read(received));
        assertEquals(4, middle.position());
    }

    @Test
    void nothingToReadAndNoRoomToWriteAreZero() throws IOException {
        ByteBuffer plenty = Bytes.room();

        assertEquals(0, server.read(Bytes.room()));
        while (client.write(plenty.clear()) > 0) {
            // Until the kernel takes no more.
        }

        assertEquals(0, client.write(plenty.clear()));
        assertEquals(0, plenty.position());
        assertEquals(Events.NONE, Bytes.poll(client, Events.WRITE));
    }

    @Test
    void aHalfClosedStreamGoesOnInTheOtherDirection() throws IOException {
        client.write(Bytes.of("last"));
        client.shutdownOutput();
        Bytes.await(server, Events.READ);

        ByteBuffer received = Bytes.room();
        assertEquals(4, server.read(received));
        assertEquals(-1, server.read(received));
        assertEquals(-1, server.read(received));
        server.write(Bytes.of("reply"));
        Bytes.await(client, Events.READ);
        assertEquals(5, client.read(received));
        assertThrows(NativeIOException.class, () -> client.write(Bytes.of("more")));
    }

    @Test
    void aConnectionThatIsCutFailsWithItsErrorAndNotAsTheEnd() throws IOException {
        try (ServerSocketChannel jdk = ServerSocketChannel.open().bind(ANY_PORT);
                TcpStream stream = TcpStream.connect((InetSocketAddress) jdk.getLocalAddress())) {
            SocketChannel cutter = jdk.accept();
            Bytes.await(stream, Events.WRITE);
            stream.finishConnect();
            cutter.setOption(StandardSocketOptions.SO_LINGER, 0);
            cutter.close();
            int ready = Bytes.await(stream, Events.READ);

            NativeIOException cut = assertThrows(NativeIOException.class, () -> stream.read(Bytes.room()));

            assertEquals(Events.READ | Events.ERROR | Events.HANGUP, ready);
            assertEquals("ECONNRESET", cut.errnoName());
            assertEquals(
                    "recv on fd " + stream.fd()
                            + ": ECONNRESET, the peer reset the connection, and what was not yet read "
                            + "is lost; close this end",
                    cut.getMessage());
        }
    }

    @Test
    void aRefusedConnectNamesTheAddressEachTime() throws IOException {
        InetSocketAddress nobody;
        try (TcpListener gone = TcpListener.bind(ANY_PORT)) {
            nobody = gone.localAddress();
        }
        try (TcpStream refused = TcpStream.connect(nobody)) {
            Bytes.await(refused, Events.WRITE);

            NativeIOException first = assertThrows(NativeIOException.class, refused::finishConnect);
            NativeIOException second = assertThrows(NativeIOException.class, refused::finishConnect);

            assertEquals(
                    "connect(" + nobody + ") on fd " + refused.fd() + ": ECONNREFUSED, no one listens there",
                    first.getMessage());
            assertEquals(first.getMessage(), second.getMessage());
            assertFalse(refused.isConnected());
        }
    }

    @Test
    void connectingThatGoesOnIsNotYetFinished() throws IOException {
        try (Faults faults = Faults.refusing("getpeername", 1, errno("ENOTCONN"));
                TcpStream pending = TcpStream.connect(listener.localAddress())) {
            Bytes.await(pending, Events.WRITE);

            assertFalse(pending.finishConnect());
            assertTrue(pending.finishConnect());
            assertTrue(faults.struck());
        }
    }

    @Test
    void interruptedCallsAreRepeated() throws IOException {
        client.write(Bytes.of("a"));
        Bytes.await(server, Events.READ);
        ByteBuffer received = Bytes.room();

        try (Faults faults = Faults.refusing("recv", 1, Errno.EINTR)) {
            assertEquals(1, server.read(received));
            assertEquals(2, faults.calls().size());
        }
    }

    @Test
    void aVirtualThreadLearnsWhatFailedToo() throws Exception {
        FutureTask<NativeIOException> cut = new FutureTask<>(() -> {
            assertEquals(0, server.read(Bytes.room()));
            try (Faults faults = Faults.refusing("recv", 1, errno("ECONNRESET"))) {
                NativeIOException reset = assertThrows(NativeIOException.class, () -> server.read(Bytes.room()));
                assertTrue(faults.struck());
                return reset;
            }
        });

        Thread.ofVirtual().start(cut);

        assertEquals("ECONNRESET", cut.get(10, TimeUnit.SECONDS).errnoName());
    }

    @Test
    void whoeverWaitsNoLongerIsSkipped() throws IOException {
        try (TcpStream second = TcpStream.connect(listener.localAddress());
                Faults faults = Faults.refusing("accept4", 1, errno("ECONNABORTED"))) {
            Bytes.await(listener, Events.READ);

            TcpStream accepted = listener.accept();

            assertTrue(faults.struck());
            assertEquals(second.localAddress(), accepted.remoteAddress());
            accepted.close();
        }
    }

    @Test
    void noConnectionWaitingIsNull() throws IOException {
        assertNull(listener.accept());
    }

    @Test
    void addressesAreKnownAtBothEnds() {
        assertEquals(listener.localAddress(), client.remoteAddress());
        assertEquals(client.localAddress(), server.remoteAddress());
        assertEquals(client.remoteAddress(), server.localAddress());
        assertEquals(
                "TcpStream[fd " + client.fd() + ", " + client.localAddress() + " to " + client.remoteAddress() + "]",
                client.toString());
        assertEquals("TcpListener[fd " + listener.fd() + ", " + listener.localAddress() + "]", listener.toString());
    }

    @Test
    void smallWritesMayBeSentAtOnce() throws IOException {
        boolean before = client.noDelay();

        client.setNoDelay(true);

        assertFalse(before);
        assertTrue(client.noDelay());
    }

    @ParameterizedTest
    @ValueSource(strings = {"::1", "::"})
    void version6Works(String host) throws IOException {
        try (TcpListener six = listenAt(host)) {
            InetSocketAddress target = address("::1", six.localAddress().getPort());
            try (TcpStream stream = TcpStream.connect(target)) {
                Bytes.await(six, Events.READ);
                try (TcpStream accepted = six.accept()) {
                    assertEquals(target, accepted.localAddress());
                    assertEquals(stream.localAddress(), accepted.remoteAddress());
                }
            }
        }
    }

    @Test
    void atTheAddressOfEverythingVersion4IsAcceptedToo() throws IOException {
        try (TcpListener both = listenAt("::");
                Socket four = new Socket(
                        InetAddress.ofLiteral("127.0.0.1"), both.localAddress().getPort())) {
            Bytes.await(both, Events.READ);
            try (TcpStream accepted = both.accept()) {
                assertEquals(four.getLocalSocketAddress(), accepted.remoteAddress());
            }
        }
    }

    private static TcpListener listenAt(String host) {
        try {
            return TcpListener.bind(address(host, 0));
        } catch (IOException e) {
            assumeTrue(false, "no IPv6 here: " + e.getMessage());
            throw new AssertionError(e);
        }
    }

    @Test
    void aTakenAddressIsNamedWithTheWayOut() {
        NativeIOException taken =
                assertThrows(NativeIOException.class, () -> TcpListener.bind(listener.localAddress()));

        assertEquals("bind(" + listener.localAddress() + ")", taken.call());
        assertEquals("EADDRINUSE", taken.errnoName());
        assertTrue(taken.getMessage().contains("SO_REUSEPORT"), taken.getMessage());
    }

    @Test
    void listenersMayShareAnAddress() throws IOException {
        TcpListener.Options shared =
                TcpListener.Options.DEFAULT.withReusePort(true).withBacklog(16);
        try (TcpListener first = TcpListener.bind(ANY_PORT, shared);
                TcpListener second = TcpListener.bind(first.localAddress(), shared)) {
            assertEquals(first.localAddress(), second.localAddress());
        }
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 80);

        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> TcpStream.connect(unresolved));
        assertTrue(refused.getMessage().contains("is unresolved; resolve it first"), refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> TcpListener.bind(unresolved));
        assertThrows(IllegalArgumentException.class, () -> TcpListener.Options.DEFAULT.withBacklog(0));
        assertFalse(TcpListener.Options.DEFAULT.withReuseAddress(false).reuseAddress());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void aListenerThatIsRefusedHalfwayLeavesNothing(int nth) {
        Map<Integer, String> before = OpenFiles.now();
        String[] calls = {"socket", "setsockopt", "bind", "listen", "getsockname"};
        try (Faults faults = Faults.refusing(calls[nth - 1], 1, errno("ENOBUFS"))) {
            assertThrows(NativeIOException.class, () -> TcpListener.bind(ANY_PORT));

            assertTrue(faults.struck());
        }
        assertEquals(before, OpenFiles.now());
    }

    @ParameterizedTest
    @ValueSource(strings = {"socket", "connect", "getsockname"})
    void aConnectThatIsRefusedHalfwayLeavesNothing(String call) {
        Map<Integer, String> before = OpenFiles.now();
        try (Faults faults = Faults.refusing(call, 1, errno("ENOBUFS"))) {
            assertThrows(NativeIOException.class, () -> TcpStream.connect(listener.localAddress()));

            assertTrue(faults.struck());
        }
        assertEquals(before, OpenFiles.now());
    }

    @Test
    void anAcceptThatIsRefusedHalfwayLeavesNothing() throws IOException {
        try (TcpStream second = TcpStream.connect(listener.localAddress())) {
            assertNotNull(second);
            Bytes.await(listener, Events.READ);
            Map<Integer, String> before = OpenFiles.now();

            try (Faults faults = Faults.refusing("getsockname", 1, errno("ENOBUFS"))) {
                assertThrows(NativeIOException.class, listener::accept);
                assertTrue(faults.struck());
            }

            assertEquals(before, OpenFiles.now());
        }
    }

    @Test
    void exhaustionIsToldAndTheConnectionKeepsWaiting() throws IOException {
        try (TcpStream second = TcpStream.connect(listener.localAddress())) {
            Bytes.await(listener, Events.READ);
            try (Faults faults = Faults.refusing("accept4", 1, Errno.EMFILE)) {
                NativeIOException refused = assertThrows(NativeIOException.class, listener::accept);
                assertTrue(refused.isExhaustion());
                assertTrue(faults.struck());
            }

            TcpStream accepted = listener.accept();

            assertEquals(second.localAddress(), accepted.remoteAddress());
            accepted.close();
        }
    }

    private static int errno(String name) {
        for (int errno = 1; errno < 134; errno++) {
            if (Errno.name(errno).equals(name)) {
                return errno;
            }
        }
        throw new AssertionError(name);
    }

    private static InetSocketAddress address(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }
}
