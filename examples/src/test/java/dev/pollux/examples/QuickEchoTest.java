package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.accept.Acceptor;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QuickEchoTest {

    @Test
    void echoesUntilThePeerCloses() throws Exception {
        try (Served served = new Served();
                Socket client = served.connect()) {
            byte[] sent = {1, 2, 3};
            client.getOutputStream().write(sent);
            assertArrayEquals(sent, client.getInputStream().readNBytes(3));
            client.shutdownOutput();
            assertEquals(-1, client.getInputStream().read());
            served.awaitNoConnection();
        }
    }

    @Test
    void aPeerThatReadsLateGetsEveryByteAndThenTheEnd() throws Exception {
        try (Served served = new Served();
                Socket client = served.connect()) {
            byte[] sent = Clients.bytes(13_107_200);
            FutureTask<Void> sending = new FutureTask<>(() -> {
                client.getOutputStream().write(sent);
                client.shutdownOutput();
                return null;
            });
            Thread sender = new Thread(sending, "sender");
            sender.start();
            // Ends early for a server that takes everything and keeps none of it.
            sender.join(Clients.QUIET_MILLIS);

            assertArrayEquals(sent, client.getInputStream().readAllBytes());
            sending.get();
            served.awaitNoConnection();
        }
    }

    @Test
    void aConnectionThatIsResetIsClosedAndUnregistered() throws Exception {
        try (Served served = new Served()) {
            Socket client = served.connect();
            client.getOutputStream().write(1);
            assertEquals(1, client.getInputStream().read());

            Clients.reset(client);

            served.awaitNoConnection();
        }
    }

    @Test
    void aConnectionThatIsResetWhileItIsOwedBytesIsClosedAndUnregistered() throws Exception {
        try (Served served = new Served();
                SocketChannel client = SocketChannel.open(served.address())) {
            Clients.flood(client, Clients::pattern, 256L << 20, () -> false);

            Clients.reset(client.socket());

            served.awaitNoConnection();
        }
    }

    /** The server of the README, on a thread of its own. */
    private static final class Served implements AutoCloseable {

        private final EventLoop loop = EventLoop.open();
        private final Acceptor<SocketChannel> acceptor;

        Served() throws IOException {
            acceptor = QuickEcho.serve(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            loop.start();
        }

        InetSocketAddress address() {
            return (InetSocketAddress) acceptor.address().orElseThrow();
        }

        Socket connect() throws IOException {
            return Clients.connect(address());
        }

        void awaitNoConnection() {
            Clients.await(() -> acceptor.connections() == 0, "a connection is not closed");
            assertEquals(1, loop.registered(), "only the listener");
        }

        @Override
        public void close() {
            acceptor.close();
            loop.close();
        }
    }
}
