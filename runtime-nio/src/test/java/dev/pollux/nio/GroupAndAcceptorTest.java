package dev.pollux.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.Events;
import dev.pollux.accept.AcceptedConnection;
import dev.pollux.accept.Acceptor;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.EventLoopBuilder;
import dev.pollux.loop.EventLoopGroup;
import dev.pollux.loop.LoopChooser;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Groups of loops and what they accept, with real sockets. */
@Timeout(60)
class GroupAndAcceptorTest {

    private static final int SOON_MILLIS = 30_000;

    private final Queue<EventLoop> servedBy = new ConcurrentLinkedQueue<>();
    private final List<Socket> clients = new ArrayList<>();
    private EventLoop loop;
    private EventLoopGroup group;

    @BeforeEach
    void open() throws IOException {
        loop = settings().open();
        loop.start();
    }

    @AfterEach
    void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        if (group != null) {
            group.close();
        }
        loop.close();
    }

    private static EventLoopBuilder settings() {
        return EventLoop.builder().backend(new NioBackendProvider()).failureHandler(failure -> {});
    }

    private EventLoopGroup openGroup(int size, LoopChooser chooser) throws IOException {
        group = EventLoopGroup.open(size, settings(), chooser);
        return group;
    }

    private static ServerSocketChannel listener() throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listener.configureBlocking(false);
        return listener;
    }

    private Socket connect(SocketAddress address) throws IOException {
        Socket client = new Socket();
        clients.add(client);
        client.setSoTimeout(SOON_MILLIS);
        client.connect(address, SOON_MILLIS);
        return client;
    }

    private static void echoes(Socket client) throws IOException {
        client.getOutputStream().write('x');
        assertEquals('x', client.getInputStream().read());
    }

    private void serve(AcceptedConnection<SocketChannel> connection) throws IOException {
        servedBy.add(connection.loop());
        ByteBuffer buffer = ByteBuffer.allocate(64);
        connection.loop().register(connection.get(), Events.READ, (registration, ready) -> {
            if (connection.get().read(buffer.clear()) < 0) {
                registration.cancel();
                connection.close();
            } else {
                connection.get().write(buffer.flip());
            }
        });
    }

    @Test
    void connectionsAreHandedToTheLoopsOfAGroupInTurn() throws IOException {
        ServerSocketChannel listener = listener();
        try (Acceptor<SocketChannel> acceptor = Acceptor.builder()
                .handOffTo(openGroup(2, LoopChooser.roundRobin()))
                .listen(loop, listener, this::serve)) {
            for (int i = 0; i < 6; i++) {
                echoes(connect(listener.getLocalAddress()));
            }

            assertEquals(6, acceptor.accepted());
            List<EventLoop> by = List.copyOf(servedBy);
            assertEquals(2, Set.copyOf(by).size());
            for (int i = 0; i < 6; i++) {
                assertEquals(by.get(i % 2), by.get(i));
            }
            assertFalse(by.contains(loop));
        }
    }

    @Test
    void theLoopWithTheFewestRegistrationsGetsTheNextConnection() throws IOException {
        ServerSocketChannel listener = listener();
        try (Acceptor<SocketChannel> acceptor = Acceptor.builder()
                .handOffTo(openGroup(3, LoopChooser.leastRegistered()))
                .listen(loop, listener, this::serve)) {
            for (int i = 0; i < 9; i++) {
                echoes(connect(listener.getLocalAddress()));
            }

            for (EventLoop worker : group) {
                assertEquals(3, worker.registered());
            }
            assertEquals(9, acceptor.connections());
        }
    }

    @Test
    void eachLoopOfAGroupListensOnTheSameAddress() throws IOException {
        SocketAddress address;
        try (ServerSocketChannel probe = ServerSocketChannel.open()) {
            assumeTrue(probe.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT), "no SO_REUSEPORT here");
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            address = probe.getLocalAddress();
        }
        List<Acceptor<SocketChannel>> acceptors =
                Acceptor.builder().listenOnEach(openGroup(3, LoopChooser.roundRobin()), address, this::serve);
        for (int i = 0; i < 30; i++) {
            echoes(connect(address));
        }

        assertEquals(3, acceptors.size());
        assertEquals(30, acceptors.stream().mapToLong(Acceptor::accepted).sum());
        acceptors.forEach(Acceptor::close);
        assertThrows(ConnectException.class, () -> connect(address));
    }

    @Test
    void listeningOnEachLoopTakesAPort() throws IOException {
        openGroup(2, LoopChooser.roundRobin());

        assertThrows(
                IllegalArgumentException.class,
                () -> Acceptor.builder().listenOnEach(group, new InetSocketAddress("localhost", 0), this::serve));
    }

    @Test
    void anAddressThatIsTakenIsToldAndNothingStaysRegistered() throws IOException {
        try (ServerSocketChannel taken = listener()) {
            SocketAddress address = taken.getLocalAddress();

            assertThrows(IOException.class, () -> Acceptor.builder().listen(loop, address, this::serve));

            assertEquals(0, loop.registered());
        }
    }

    @Test
    void beyondTheGreatestNumberWhoeverKnocksWaitsUntilOneLeaves() throws IOException {
        ServerSocketChannel listener = listener();
        try (Acceptor<SocketChannel> acceptor =
                Acceptor.builder().maxConnections(1).listen(loop, listener, this::serve)) {
            Socket first = connect(listener.getLocalAddress());
            echoes(first);
            Socket second = connect(listener.getLocalAddress());
            second.getOutputStream().write('y');
            echoes(first);
            assertEquals(1, acceptor.accepted());

            first.close();

            assertEquals('y', second.getInputStream().read());
            assertEquals(2, acceptor.accepted());
            assertEquals(1, acceptor.connections());
        }
    }

    @Test
    void aHandlerThatFailsClosesItsConnectionAndTheNextOneIsServed() throws IOException {
        ServerSocketChannel listener = listener();
        AtomicInteger count = new AtomicInteger();
        try (Acceptor<SocketChannel> acceptor = Acceptor.builder().listen(loop, listener, connection -> {
            if (count.getAndIncrement() == 0) {
                throw new IllegalStateException("handler");
            }
            serve(connection);
        })) {
            Socket first = connect(listener.getLocalAddress());
            assertEquals(-1, first.getInputStream().read());

            echoes(connect(listener.getLocalAddress()));

            assertEquals(1, acceptor.connections());
            assertEquals(1, loop.metrics().failures());
        }
    }

    @Test
    void closingTheAcceptorRefusesNewConnectionsAndServesTheOldOnes() throws Exception {
        ServerSocketChannel listener = listener();
        SocketAddress address = listener.getLocalAddress();
        Acceptor<SocketChannel> acceptor = Acceptor.builder()
                .handOffTo(openGroup(2, LoopChooser.roundRobin()))
                .listen(loop, listener, this::serve);
        Socket client = connect(address);
        echoes(client);

        acceptor.close();

        assertThrows(ConnectException.class, () -> connect(address));
        echoes(client);
        group.shutdown();
        assertTrue(group.awaitTermination(Duration.ofSeconds(30)));
        assertThrows(RejectedExecutionException.class, group::next);
    }

    @Test
    void aGroupSwapsAllItsLoopsOrTellsWhichRefused() throws Exception {
        openGroup(3, LoopChooser.roundRobin());

        group.swap("nio").get(30, TimeUnit.SECONDS);

        for (EventLoop worker : group) {
            assertEquals(1, worker.metrics().selector().swaps());
        }
        assertTrue(group.swap("nonesuch")
                .handle((nothing, refused) -> refused != null)
                .get(30, TimeUnit.SECONDS));
    }
}
