package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class EchoServerTest {

    private static final int MIB = 1 << 20;
    private static final int SOON_MILLIS = 10_000;

    /** How long nothing must happen until it counts as never. */
    private static final int QUIET_MILLIS = 300;

    private static final String EVERY_BACKEND = "dev.pollux.examples.Backends#usable";

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void sendsBackWhatItReceives(String backend) throws IOException {
        try (Running running = new Running(backend);
                Socket client = running.connect()) {
            assertEchoes(client, bytes(100));
            assertEchoes(client, bytes(1));
            // What was sent back is counted a moment later, at the end of the connection in any case.
            client.shutdownOutput();
            assertEquals(-1, client.getInputStream().read());

            assertEquals(1, running.server.connections());
            assertEquals(101, running.server.bytes());
            assertNull(running.server.refusal());
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void aSlowReaderGetsEverything(String backend) throws IOException {
        byte[] sent = bytes(MIB);
        try (Running running = new Running(backend);
                Socket client = new Socket()) {
            client.setReceiveBufferSize(4096);
            client.setSoTimeout(SOON_MILLIS);
            client.connect(running.server.address());

            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(client, sent));
            byte[] returned = new byte[MIB];
            InputStream in = client.getInputStream();
            for (int at = 0, count; at < MIB; at += count) {
                count = in.read(returned, at, Math.min(997, MIB - at));
                assertTrue(count > 0, "the end comes early");
            }

            writing.join();
            assertArrayEquals(sent, returned);
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void whoeverDoesNotReadIsNotReadFrom(String backend) throws IOException {
        try (Running running = new Running(backend);
                SocketChannel client = SocketChannel.open();
                Selector writable = Selector.open()) {
            client.connect(running.server.address());
            client.configureBlocking(false);
            SelectionKey key = client.register(writable, SelectionKey.OP_WRITE);
            long sent = 0;
            while (writable.select(QUIET_MILLIS) > 0) {
                writable.selectedKeys().clear();
                sent += client.write(ByteBuffer.wrap(pattern(sent, 64 * 1024)));
                assertTrue(sent < 256L * MIB, "the server takes everything");
            }

            key.cancel();
            writable.selectNow();
            client.configureBlocking(true);
            client.socket().setSoTimeout(SOON_MILLIS);
            InputStream in = client.socket().getInputStream();
            for (long at = 0; at < sent; ) {
                byte[] returned = in.readNBytes((int) Math.min(64 * 1024, sent - at));
                assertArrayEquals(pattern(at, returned.length), returned, "from byte " + at + " on");
                at += returned.length;
            }
            client.write(ByteBuffer.wrap(pattern(sent, 10)));
            assertArrayEquals(pattern(sent, 10), in.readNBytes(10));
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void aHalfClosedConnectionIsAnsweredAndThenClosed(String backend) throws IOException {
        byte[] sent = bytes(300_000);
        try (Running running = new Running(backend);
                Socket client = running.connect()) {
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                write(client, sent);
                try {
                    client.shutdownOutput();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });

            assertArrayEquals(sent, client.getInputStream().readAllBytes());
            writing.join();
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void aResetEndsOneConnectionOnly(String backend) throws IOException {
        try (Running running = new Running(backend);
                Socket bystander = running.connect()) {
            assertEchoes(bystander, bytes(10));
            try (Socket rude = running.connect()) {
                assertEchoes(rude, bytes(10));
                rude.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
            try (Socket rudeWithEchoesToCome = running.connect()) {
                write(rudeWithEchoesToCome, bytes(50_000));
                rudeWithEchoesToCome.setOption(StandardSocketOptions.SO_LINGER, 0);
            }

            assertEchoes(bystander, bytes(10));
            try (Socket next = running.connect()) {
                assertEchoes(next, bytes(10));
            }
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void closeEndsTheListenerAndTheConnections(String backend) throws IOException {
        try (Running running = new Running(backend);
                Socket client = running.connect()) {
            assertEchoes(client, bytes(10));

            running.server.close();

            assertEquals(-1, client.getInputStream().read());
            assertRefusesSoon(running);
        }
    }

    /** java.nio lets go of a descriptor in the selector's next turn, so the kernel may accept until then. */
    private static void assertRefusesSoon(Running running) throws IOException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < SOON_MILLIS * 1_000_000L) {
            try {
                running.connect().close();
            } catch (ConnectException refused) {
                return;
            } catch (SocketException reset) {
                // It was in the listener's queue when that was closed: the next one is refused.
            }
        }
        fail("the port still accepts connections");
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void mayBeClosedAfterItsLoop(String backend) throws IOException {
        try (Running running = new Running(backend);
                Socket client = running.connect()) {
            assertEchoes(client, bytes(10));

            running.loop.close();
            running.server.close();

            assertEquals(-1, client.getInputStream().read());
        }
    }

    private static void assertEchoes(Socket client, byte[] message) throws IOException {
        write(client, message);
        assertArrayEquals(message, client.getInputStream().readNBytes(message.length));
    }

    private static void write(Socket client, byte[] bytes) {
        try {
            OutputStream out = client.getOutputStream();
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private static final byte[] PATTERN = bytes(MIB + 64 * 1024);

    /** Returns a part of an endless pattern, so that what is sent need not be kept. */
    private static byte[] pattern(long from, int count) {
        int at = (int) (from % MIB);
        return Arrays.copyOfRange(PATTERN, at, at + count);
    }

    /** A server on a loop that runs. */
    private static final class Running implements AutoCloseable {

        final EventLoop loop;
        final EchoServer server;

        Running(String backend) throws IOException {
            loop = EventLoop.builder().backend(backend).open();
            server = EchoServer.start(loop, 0);
            loop.start();
        }

        Socket connect() throws IOException {
            Socket client = new Socket();
            client.setSoTimeout(SOON_MILLIS);
            client.connect(server.address(), SOON_MILLIS);
            return client;
        }

        @Override
        public void close() {
            server.close();
            loop.close();
        }
    }
}
