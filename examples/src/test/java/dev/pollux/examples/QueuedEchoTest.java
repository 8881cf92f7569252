package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Selectors;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A turn at a time, so that what a connection is watched for can be looked at in between. */
@Timeout(60)
class QueuedEchoTest {

    private static final String EVERY_BACKEND = "dev.pollux.examples.Backends#usable";
    private static final Duration SOON = Duration.ofMillis(Clients.SOON_MILLIS);
    private static final long MORE_THAN_THE_KERNEL_HOLDS = 256L << 20;

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void writeIsAskedForOnlyWhileSomethingIsQueued(String backend) throws IOException {
        try (Stepped stepped = new Stepped(backend)) {
            assertEquals(Events.READ, stepped.interest());

            stepped.client.write(ByteBuffer.wrap(Clients.bytes(10)));
            assertTrue(stepped.loop.runOnce(SOON));
            assertEquals(Events.READ | Events.WRITE, stepped.interest());

            assertTrue(stepped.loop.runOnce(SOON));
            assertEquals(Events.READ, stepped.interest());
            assertFalse(stepped.loop.runOnce(Duration.ZERO));
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void readIsGivenUpAboveTheHighWaterMarkUntilBelowTheLowWaterMark(String backend) throws IOException {
        try (Stepped stepped = new Stepped(backend)) {
            QueuedEcho server = stepped.server;
            stepped.client.configureBlocking(false);
            ByteBuffer flood = ByteBuffer.wrap(Clients.bytes(64 * 1024));
            for (long sent = 0; stepped.interest() != Events.WRITE; sent += stepped.client.write(flood.rewind())) {
                assertTrue(sent < MORE_THAN_THE_KERNEL_HOLDS, "the server takes everything");
                stepped.loop.runOnce(Duration.ZERO);
            }
            long held = server.received() - server.sent();
            assertTrue(held >= QueuedEcho.HIGH_WATER * 9 / 10 && held <= QueuedEcho.MOST_HELD, () -> "holds " + held);
            assertEquals(1, server.rests());

            long receivedBefore = server.received();
            ByteBuffer answers = ByteBuffer.allocate(64 * 1024);
            while (stepped.interest() == Events.WRITE) {
                assertEquals(receivedBefore, server.received());
                assertTrue(stepped.client.read(answers.clear()) >= 0);
                stepped.loop.runOnce(Duration.ofMillis(1));
            }
            assertTrue(server.received() - server.sent() <= QueuedEcho.LOW_WATER);
            assertTrue((stepped.interest() & Events.READ) != 0);
        }
    }

    /** A server with one connection, on the test's thread. */
    private static final class Stepped implements AutoCloseable {

        final EventSelector selector;
        final EventLoop loop;
        final QueuedEcho server;
        final SocketChannel client = SocketChannel.open();

        Stepped(String backend) throws IOException {
            selector = Selectors.open(backend);
            loop = EventLoop.builder().selector(selector).open();
            server = QueuedEcho.start(loop, 0);
            client.socket().setReceiveBufferSize(4096);
            client.connect(server.address());
            assertTrue(loop.runOnce(SOON));
        }

        /** Returns what the connection is watched for. */
        int interest() {
            return selector.keys().values().stream()
                    .filter(key -> !(key.fileobj() instanceof ServerSocketChannel))
                    .findFirst()
                    .orElseThrow()
                    .events();
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
            loop.close();
        }
    }
}
