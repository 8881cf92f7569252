package dev.pollux.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.accept.Acceptor;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.EventLoopGroup;
import dev.pollux.loop.LoopChooser;
import dev.pollux.stream.Connection;
import dev.pollux.stream.ConnectionHandler;
import dev.pollux.stream.StreamOptions;
import dev.pollux.stream.StreamServer;
import dev.pollux.tck.probe.OpenDescriptors;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Servers and clients of streams, over sockets. */
@Timeout(60)
class StreamServerTest extends StreamFixture {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int MEGABYTES = 12 << 20;

    private final AtomicInteger closed = new AtomicInteger();

    /** Echoes, and counts those that are closed. */
    private class Counting implements ConnectionHandler {

        @Override
        public void onReceive(Connection connection, ByteBuffer bytes) throws IOException {
            connection.send(bytes);
        }

        @Override
        public void onClosed(Connection connection, Throwable reason) {
            closed.incrementAndGet();
        }
    }

    private StreamServer serve(ConnectionHandler handler) throws IOException {
        return closedLater(StreamServer.builder().listen(loop, anyPort(), connection -> handler));
    }

    private SocketChannel client(StreamServer server) throws IOException {
        SocketChannel client = closedLater(SocketChannel.open(server.address().orElseThrow()));
        client.configureBlocking(false);
        int before = server.connections();
        turnUntil(() -> server.connections() > before);
        settle();
        return client;
    }

    private static Throwable failure(CompletableFuture<?> future) {
        return assertThrows(ExecutionException.class, () -> future.get(0, TimeUnit.SECONDS))
                .getCause();
    }

    // Ending.

    @Test
    void aServerThatStopsSendsWhatWaitsAndCutsNoOneOff() throws Exception {
        StreamServer server = serve(new Counting() {
            @Override
            public void onReceive(Connection connection, ByteBuffer bytes) {
                connection.send(ByteBuffer.allocate(MEGABYTES));
            }
        });
        SocketChannel idle = client(server);
        SocketChannel slow = client(server);
        slow.write(bytes("go"));
        settle();
        CompletableFuture<Integer> stopped = server.stop(MINUTE);
        assertSame(stopped, server.stop(Duration.ZERO));
        settle();
        assertThrows(
                ConnectException.class,
                () -> SocketChannel.open(server.address().orElseThrow()));
        assertFalse(stopped.isDone());
        assertEquals("", receive(idle, 1));
        idle.close();
        assertEquals(MEGABYTES, receive(slow, Integer.MAX_VALUE).length());
        slow.close();
        turnUntil(stopped::isDone);
        assertEquals(0, stopped.get());
        assertEquals(2, closed.get());
        assertEquals(0, server.connections());
        assertEquals(0, loop.registered());
    }

    @Test
    void thoseThatAreLeftAtTheDeadlineAreCutAndCounted() throws Exception {
        StreamServer server = serve(new Counting() {
            @Override
            public void onStop(Connection connection) {
                // Goes on.
            }
        });
        SocketChannel first = client(server);
        client(server);
        first.write(bytes("x"));
        CompletableFuture<Integer> stopped = server.stop(MINUTE);
        assertEquals("x", receive(first, 1));
        now += MINUTE.toNanos() - 1;
        settle();
        assertEquals(0, closed.get());
        now += 1;
        turnUntil(stopped::isDone);
        assertEquals(2, stopped.get());
        assertEquals(2, closed.get());
    }

    @Test
    void aServerWithoutConnectionsStopsAtOnce() throws Exception {
        StreamServer server = serve(new Counting());
        CompletableFuture<Integer> stopped = server.stop(MINUTE);
        turnUntil(stopped::isDone);
        assertEquals(0, stopped.get());
        now += 2 * MINUTE.toNanos();
        assertFalse(loop.runOnce(Duration.ZERO), "a timer was left");
    }

    @Test
    void anAnswerThatIsStillToComeIsSentAfterTheStop() throws Exception {
        List<Connection> asked = new ArrayList<>();
        StreamServer server = serve(new Counting() {
            @Override
            public void onReceive(Connection connection, ByteBuffer bytes) {
                asked.add(connection);
            }

            @Override
            public void onStop(Connection connection) {
                asked.get(0).send(bytes("answer"));
                connection.closeWhenFlushed();
            }
        });
        SocketChannel client = client(server);
        client.write(bytes("question"));
        turnUntil(() -> asked.size() == 1);
        CompletableFuture<Integer> stopped = server.stop(MINUTE);
        assertEquals("answer", receive(client, Integer.MAX_VALUE));
        client.close();
        turnUntil(stopped::isDone);
        assertEquals(0, stopped.get());
    }

    @Test
    void aServerHasStoppedOnceEachHandlerHeardOfTheEnd() throws Exception {
        AtomicReference<StreamServer> stopping = new AtomicReference<>();
        List<Integer> places = new ArrayList<>();
        StreamServer server = serve(new Counting() {
            @Override
            public void onClosed(Connection connection, Throwable reason) {
                places.add(stopping.get().connections());
            }
        });
        stopping.set(server);
        SocketChannel client = client(server);
        CompletableFuture<Integer> stopped = server.stop(MINUTE);
        assertEquals("", receive(client, 1));
        client.close();
        turnUntil(stopped::isDone);
        assertEquals(List.of(1), places, "places taken while a handler hears of the end");
    }

    @Test
    void theLoopThreadDoesNotWaitForTheStopOfItsServer() throws Exception {
        StreamServer server = serve(new Counting());
        client(server);
        CompletableFuture<Object> outcome = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                outcome.complete(server.stop(MINUTE).join());
            } catch (IllegalStateException e) {
                outcome.complete(e);
            }
        });
        turnUntil(outcome::isDone);
        assertInstanceOf(IllegalStateException.class, outcome.get());
    }

    @Test
    void closingAServerClosesEveryConnection() throws Exception {
        StreamServer server = serve(new Counting());
        client(server);
        client(server);
        server.close();
        turnUntil(() -> closed.get() == 2);
        assertEquals(0, loop.registered());
    }

    @Test
    void aServerOnAGroupStopsOnEachLoop() throws Exception {
        loop.close();
        EventLoopGroup group = closedLater(EventLoopGroup.open(
                2, EventLoop.builder().backend(new NioBackendProvider()), LoopChooser.roundRobin()));
        StreamServer server = closedLater(StreamServer.builder()
                .acceptor(Acceptor.builder().handOffTo(group))
                .listen(group.next(), anyPort(), connection -> new Counting()));
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Socket client = closedLater(new Socket());
            client.connect(server.address().orElseThrow());
            client.getOutputStream().write('x');
            assertEquals('x', client.getInputStream().read());
            clients.add(client);
        }
        CompletableFuture<Integer> stopped = server.stop(MINUTE);
        for (Socket client : clients) {
            assertEquals(-1, client.getInputStream().read());
            client.close();
        }
        assertEquals(0, stopped.get(30, TimeUnit.SECONDS));
        assertEquals(6, closed.get());
    }

    // Failing.

    @Test
    void aFactoryThatFailsEndsItsConnectionOnly() throws Exception {
        RuntimeException wrong = new IllegalStateException("wrong");
        AtomicInteger made = new AtomicInteger();
        StreamServer server = closedLater(StreamServer.builder().listen(loop, anyPort(), connection -> {
            if (made.getAndIncrement() == 0) {
                throw wrong;
            }
            return new Counting();
        }));
        SocketChannel refused = closedLater(SocketChannel.open(server.address().orElseThrow()));
        refused.configureBlocking(false);
        assertEquals("", receive(refused, 1));
        turnUntil(() -> server.connections() == 0);
        assertEquals(1, failures.size());
        assertSame(wrong, failures.get(0).error());

        SocketChannel client = client(server);
        client.write(bytes("fine"));
        assertEquals("fine", receive(client, 4));
    }

    @Test
    void aPlaceIsGivenBackWhenAConnectionIsClosed() throws Exception {
        StreamServer server = closedLater(StreamServer.builder()
                .acceptor(Acceptor.builder().maxConnections(1))
                .listen(loop, anyPort(), connection -> new Counting()));
        SocketChannel first = client(server);
        SocketChannel second = closedLater(SocketChannel.open(server.address().orElseThrow()));
        second.configureBlocking(false);
        second.write(bytes("me too"));
        settle();
        assertEquals(1, server.connections());
        first.close();
        assertEquals("me too", receive(second, 6));
    }

    // Connecting.

    private CompletableFuture<Connection> connect(SocketAddress address, Duration timeout) {
        return Connection.connect(loop, address, timeout, StreamOptions.defaults(), connection -> new Counting());
    }

    @Test
    void aClientConnects() throws Exception {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(anyPort());
            CompletableFuture<Connection> connecting = connect(listener.getLocalAddress(), MINUTE);
            turnUntil(connecting::isDone);
            SocketChannel peer = closedLater(listener.accept());
            peer.configureBlocking(false);
            peer.write(bytes("hello"));
            assertEquals("hello", receive(peer, 5));
            peer.close();
            turnUntil(() -> closed.get() == 1);
        }
    }

    @Test
    void aClientConnectsToAUnixDomainSocket(@TempDir Path folder) throws Exception {
        SocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            CompletableFuture<Connection> connecting = connect(address, MINUTE);
            turnUntil(connecting::isDone);
            SocketChannel peer = closedLater(listener.accept());
            peer.configureBlocking(false);
            peer.write(bytes("hello"));
            assertEquals("hello", receive(peer, 5));
        }
    }

    @Test
    void aConnectionThatIsRefusedFailsAndLeavesNothingOpen() throws Exception {
        InetSocketAddress address;
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(anyPort());
            address = (InetSocketAddress) listener.getLocalSocketAddress();
        }
        CompletableFuture<Connection> connecting = connect(address, MINUTE);
        turnUntil(connecting::isDone);
        assertInstanceOf(ConnectException.class, failure(connecting));
        assertEquals(0, loop.registered());
    }

    @Test
    void anAddressWithoutANameServersAnswerFails() throws Exception {
        CompletableFuture<Connection> connecting = connect(InetSocketAddress.createUnresolved("nowhere", 1), MINUTE);
        turnUntil(connecting::isDone);
        assertInstanceOf(UnresolvedAddressException.class, failure(connecting));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aConnectThatTakesTooLongFailsAndLeavesNothingOpen() throws Exception {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            fillBacklog(listener);
            int before = openDescriptors();
            CompletableFuture<Connection> connecting = connect(listener.getLocalAddress(), MINUTE);
            settle();
            now += MINUTE.toNanos() - 1;
            settle();
            assertFalse(connecting.isDone());
            now += 1;
            turnUntil(connecting::isDone);
            assertInstanceOf(SocketTimeoutException.class, failure(connecting));
            assertEquals(0, loop.registered());
            assertEquals(before, openDescriptors());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aConnectThatIsCancelledLeavesNothingOpen() throws Exception {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            fillBacklog(listener);
            int before = openDescriptors();
            CompletableFuture<Connection> connecting = connect(listener.getLocalAddress(), MINUTE);
            settle();
            assertEquals(before + 1, openDescriptors());
            connecting.cancel(false);
            turnUntil(() -> loop.registered() == 0);
            settle();
            assertEquals(before, openDescriptors());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theEndOfTheLoopEndsAConnect() throws Exception {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            fillBacklog(listener);
            int before = openDescriptors();
            CompletableFuture<Connection> connecting = connect(listener.getLocalAddress(), MINUTE);
            settle();
            int withLoop = openDescriptors();
            loop.close();
            assertTrue(connecting.isCompletedExceptionally());
            assertTrue(openDescriptors() < withLoop && openDescriptors() <= before);
        }
    }

    @Test
    void aSupplierThatFailsIsTheFailure() throws Exception {
        IOException wrong = new IOException("wrong");
        CompletableFuture<Connection> connecting = Connection.connect(
                loop,
                () -> {
                    throw wrong;
                },
                MINUTE,
                StreamOptions.defaults(),
                connection -> new Counting());
        turnUntil(connecting::isDone);
        assertSame(wrong, failure(connecting));
    }

    @Test
    void aLoopThatHasEndedConnectsNothing() throws Exception {
        loop.close();
        assertThrows(
                CancellationException.class, () -> connect(anyPort(), MINUTE).get(0, TimeUnit.SECONDS));
    }

    /** Has {@code listener} take no connection more: its queue is full and stays so. */
    private void fillBacklog(ServerSocketChannel listener) throws IOException {
        listener.bind(anyPort(), 1);
        for (int i = 0; i < 8; i++) {
            SocketChannel waiting = closedLater(SocketChannel.open());
            waiting.configureBlocking(false);
            waiting.connect(listener.getLocalAddress());
        }
    }

    private static int openDescriptors() {
        return OpenDescriptors.now().size();
    }
}
