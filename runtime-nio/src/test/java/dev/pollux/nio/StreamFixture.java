package dev.pollux.nio;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A loop that the test turns, with a clock that it moves, and channels of peers. */
abstract class StreamFixture {

    private static final long SOON_NANOS = 20_000_000_000L;
    private static final int QUIET_TURNS = 20;

    final List<LoopFailure> failures = new ArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    EventLoop loop;
    long now;

    @BeforeEach
    void openLoop() throws IOException {
        loop = EventLoop.builder()
                .backend(new NioBackendProvider())
                .clock(() -> now)
                .failureHandler(failures::add)
                .open();
    }

    @AfterEach
    void closeAll() throws Exception {
        loop.close();
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    <T extends AutoCloseable> T closedLater(T opened) {
        this.opened.add(opened);
        return opened;
    }

    static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** Returns two channels that are connected, both in non-blocking mode. */
    SocketChannel[] pair() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(anyPort());
            SocketChannel near = closedLater(SocketChannel.open(listener.getLocalAddress()));
            SocketChannel far = closedLater(listener.accept());
            near.configureBlocking(false);
            far.configureBlocking(false);
            return new SocketChannel[] {near, far};
        }
    }

    /** Turns the loop until that is so. */
    void turnUntil(BooleanSupplier isSo) throws IOException {
        long deadline = System.nanoTime() + SOON_NANOS;
        while (!isSo.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "it does not come to that");
            loop.runOnce(Duration.ZERO); // the clock stands still, so no wait would end
            Thread.onSpinWait();
        }
    }

    /** Turns the loop as long as it has something to do. */
    void settle() throws IOException {
        for (int quiet = 0; quiet < QUIET_TURNS; ) {
            quiet = loop.runOnce(Duration.ZERO) ? 0 : quiet + 1;
            Thread.onSpinWait();
        }
    }

    /** Reads what has come, and returns how much of it; −1 at the end. */
    static int read(SocketChannel channel, StringBuilder text) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        int count = channel.read(buffer);
        text.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
        return count;
    }

    /** Turns the loop until {@code channel} has got {@code count} bytes or its end, and returns them. */
    String receive(SocketChannel channel, int count) throws IOException {
        StringBuilder text = new StringBuilder();
        boolean[] ended = new boolean[1];
        turnUntil(() -> {
            try {
                while (text.length() < count && !ended[0]) {
                    int read = read(channel, text);
                    if (read == 0) {
                        return false;
                    }
                    ended[0] = read < 0;
                }
                return true;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        return text.toString();
    }

    /** Writes what the kernel takes at once, until it has taken nothing for a few turns. Returns how much that is. */
    int flood(SocketChannel channel, int most) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
        int written = 0;
        for (int quiet = 0; quiet < 3 && written < most; ) {
            int count = channel.write(bytes.clear().limit(Math.min(bytes.capacity(), most - written)));
            written += count;
            quiet = count > 0 ? 0 : quiet + 1;
            settle();
        }
        return written;
    }

    static void reset(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static ByteBuffer direct(int count) {
        return ByteBuffer.allocateDirect(count);
    }

    static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }
}
