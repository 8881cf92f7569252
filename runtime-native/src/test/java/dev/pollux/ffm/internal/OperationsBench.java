package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.CompletionBackend;
import dev.pollux.spi.EventSink;
import dev.pollux.spi.Submission;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A backend that does operations, below the policy, and descriptors for it. Whatever it opened is closed after each test. */
@Timeout(60)
abstract class OperationsBench {

    static {
        // The JDK opens a socket of its own when it closes the first one, and keeps it.
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(null);
                SocketChannel client = SocketChannel.open(new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), listener.socket().getLocalPort()))) {
            listener.accept().close();
            client.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static final Duration SOON = Duration.ofSeconds(10);

    /** A slot, and above it what distinguishes its owners. */
    static final long TOKEN = 0x7000_0001_0000_0003L;

    static final long OTHER = 0x0000_0002_0000_0049L;

    /** What was reported. */
    record Completed(long token, int result, int flags) {

        boolean goesOn() {
            return (flags & CompletionBackend.MORE) != 0;
        }

        boolean isLent() {
            return (flags & CompletionBackend.LENT) != 0;
        }

        int number() {
            return flags >>> 16;
        }
    }

    final List<Completed> seen = new ArrayList<>();
    final EventSink sink = new EventSink() {
        @Override
        public void ready(long token, int ready) {
            readies.add(token);
        }

        @Override
        public void completed(long token, int result, int flags) {
            seen.add(new Completed(token, result, flags));
        }
    };
    final List<Long> readies = new ArrayList<>();
    private final List<Integer> opened = new ArrayList<>();
    private final Submission submission = new Submission();
    private Map<Integer, String> before;
    CompletionBackend backend;
    private CompletionBackend closed;

    CompletionBackend newBackend() throws IOException {
        return IoUringBackend.open(BackendOptions.defaults());
    }

    @BeforeEach
    void open() throws IOException {
        before = open("socket:", "anon_inode:", "pipe:");
        backend = newBackend();
    }

    @AfterEach
    void nothingStaysOpen() {
        closeBackend();
        opened.forEach(TestLibc::close);
        assertEquals(before, open("socket:", "anon_inode:", "pipe:"));
    }

    void closeBackend() {
        if (closed != backend) {
            closed = backend;
            backend.close();
        }
    }

    /** Goes on with another one. */
    void replaceBackend(CompletionBackend other) {
        closeBackend();
        backend = other;
    }

    /** Returns what this process has open of some kinds, proc(5). */
    static Map<Integer, String> open(String... kinds) {
        Map<Integer, String> open = new TreeMap<>();
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            for (Path link : links.toList()) {
                String target = target(link);
                if (Stream.of(kinds).anyMatch(target::startsWith)) {
                    open.put(Integer.valueOf(link.getFileName().toString()), target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return open;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    int tracked(int fd) {
        assertTrue(fd >= 0, "errno " + -fd);
        opened.add(fd);
        return fd;
    }

    void close(int fd) {
        assertTrue(opened.remove((Object) fd));
        TestLibc.close(fd);
    }

    int[] sockets() {
        return tracked(TestLibc.socketpair());
    }

    int[] pipe() {
        return tracked(TestLibc.pipe());
    }

    private int[] tracked(int[] fds) {
        for (int fd : fds) {
            tracked(fd);
        }
        return fds;
    }

    static ByteBuffer room(int bytes) {
        return ByteBuffer.allocateDirect(bytes);
    }

    static ByteBuffer bytes(String text) {
        return room(text.length()).put(text.getBytes(StandardCharsets.US_ASCII)).flip();
    }

    static String text(ByteBuffer buffer, int position, int length) {
        return StandardCharsets.US_ASCII
                .decode(buffer.duplicate().limit(position + length).position(position))
                .toString();
    }

    boolean submit(Submission.Kind kind, int fd, long token) throws IOException {
        return submit(kind, fd, null, token);
    }

    /** Submits an operation on the whole of a buffer. */
    boolean submit(Submission.Kind kind, int fd, ByteBuffer buffer, long token) throws IOException {
        return submit(kind, fd, buffer, 0, buffer == null ? 0 : buffer.capacity(), -1, token);
    }

    boolean submit(Submission.Kind kind, int fd, ByteBuffer buffer, int position, int length, long offset, long token)
            throws IOException {
        submission.kind = kind;
        submission.fd = fd;
        submission.buffer = buffer;
        submission.position = position;
        submission.length = length;
        submission.offset = offset;
        boolean result = backend.submit(submission, token);
        // It is read before submit returns.
        submission.fd = -1;
        submission.buffer = null;
        submission.position = -1;
        submission.length = -1;
        return result;
    }

    /** Looks once. */
    List<Completed> poll() throws IOException {
        seen.clear();
        backend.await(0, sink);
        return List.copyOf(seen);
    }

    /** Waits until something has completed. */
    List<Completed> await() throws IOException {
        return await(1);
    }

    /** Waits until a number of completions was reported. */
    List<Completed> await(int count) throws IOException {
        seen.clear();
        long deadline = System.nanoTime() + SOON.toNanos();
        while (seen.size() < count) {
            assertTrue(System.nanoTime() - deadline < 0, "only " + seen);
            backend.await(SOON.toNanos(), sink);
        }
        return List.copyOf(seen);
    }

    static Completed done(long token, int result) {
        return new Completed(token, result, 0);
    }
}
