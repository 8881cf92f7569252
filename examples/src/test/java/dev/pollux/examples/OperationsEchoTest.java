package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.stream.StreamServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class OperationsEchoTest {

    private static final String EVERY_BACKEND = "dev.pollux.examples.Backends#usable";
    private static final int MOST_LINES_OF_CODE = 25;

    @Test
    void isShort() throws IOException {
        long lines = Files.readString(Path.of("src/main/java/dev/pollux/examples/OperationsEcho.java"))
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty()
                        && !line.startsWith("import ")
                        && !line.startsWith("/**")
                        && !line.startsWith("*"))
                .count();
        assertTrue(lines <= MOST_LINES_OF_CODE, lines + " lines");
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void aPeerThatReadsLateGetsEveryByteAndThenTheEnd(String backend) throws Exception {
        try (Served served = new Served(backend);
                Socket client = Clients.connect(served.address())) {
            byte[] sent = Clients.bytes(13_107_200);
            FutureTask<Void> sending = new FutureTask<>(() -> {
                client.getOutputStream().write(sent);
                client.shutdownOutput();
                return null;
            });
            Thread sender = new Thread(sending, "sender");
            sender.start();
            // Ends early for a server that takes everything.
            sender.join(Clients.QUIET_MILLIS);
            assertTrue(sender.isAlive(), "a server that is not read from takes 13 MB");

            assertArrayEquals(sent, client.getInputStream().readAllBytes());
            sending.get();
            served.awaitNoConnection();
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void aConnectionThatIsResetWhileItIsOwedBytesIsClosedAndUnregistered(String backend) throws Exception {
        try (Served served = new Served(backend);
                SocketChannel client = SocketChannel.open(served.address())) {
            Clients.flood(client, Clients::pattern, 256L << 20, () -> false);

            Clients.reset(client.socket());

            served.awaitNoConnection();
        }
    }

    private static final class Served implements AutoCloseable {

        private final EventLoop loop;
        private final StreamServer server;

        Served(String backend) throws IOException {
            loop = EventLoop.open(backend);
            server = OperationsEcho.serve(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            loop.start();
        }

        InetSocketAddress address() {
            return (InetSocketAddress) server.address().orElseThrow();
        }

        void awaitNoConnection() {
            Clients.await(() -> server.connections() == 0, "a connection is not closed");
            assertEquals(1, loop.registered(), "only the listener");
        }

        @Override
        public void close() {
            server.close();
            loop.close();
        }
    }
}
