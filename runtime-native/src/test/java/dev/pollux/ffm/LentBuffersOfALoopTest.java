package dev.pollux.ffm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.ffm.file.TcpListener;
import dev.pollux.ffm.file.TcpStream;
import dev.pollux.loop.EventLoop;
import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A loop lends the buffers that its builder was told, on every backend and after a swap. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class LentBuffersOfALoopTest {

    private static final int COUNT = 4;
    private static final int BYTES = 32;
    private static final int SENT = 20_000;

    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final Set<ByteBuffer> lent = Collections.newSetFromMap(new IdentityHashMap<>());
    private TcpListener listener;
    private SocketChannel client;
    private TcpStream stream;
    private int largest;

    @BeforeEach
    void connect() throws IOException {
        listener = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        client = SocketChannel.open(listener.localAddress());
        stream = null;
        while (stream == null) {
            stream = listener.accept();
        }
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        stream.close();
        listener.close();
    }

    private void receive(Operation part) throws IOException {
        if (part.result() > 0) {
            ByteBuffer bytes = part.lent();
            lent.add(bytes);
            largest = Math.max(largest, bytes.remaining());
            assertTrue(bytes.capacity() <= BYTES, bytes::toString);
            while (bytes.hasRemaining()) {
                received.write(bytes.get());
            }
        }
    }

    private void sendAndReceive(EventLoop loop, int seed) throws IOException {
        byte[] bytes = new byte[SENT];
        new SplittableRandom(seed).nextBytes(bytes);
        received.reset();
        largest = 0;
        client.write(ByteBuffer.wrap(bytes));
        while (received.size() < SENT) {
            loop.runOnce(Duration.ofSeconds(10));
        }
        assertArrayEquals(bytes, received.toByteArray());
        assertEquals(BYTES, largest);
    }

    @ParameterizedTest
    @CsvSource({"io_uring, epoll", "epoll, io_uring", "poll, select"})
    void everyByteArrivesInPartsOfTheirSize(String backend, String next) throws Exception {
        assumeTrue(IoUringOnly.isHere() || !List.of(backend, next).contains("io_uring"));
        try (EventLoop loop =
                EventLoop.builder().backend(backend).lentBuffers(COUNT, BYTES).open()) {
            Operations.on(loop, stream).operation(this::receive).receiveEach();

            sendAndReceive(loop, 1);
            assertTrue(lent.size() <= COUNT, () -> lent.size() + " buffers");
            loop.swap(next);
            sendAndReceive(loop, 2);
            loop.swap(backend);
            sendAndReceive(loop, 3);
            assertEquals(backend, loop.backend());
        }
    }
}
