package dev.pollux.benchmarks.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs every program of the comparisons for a moment; the load program itself checks each byte that comes back. */
@Tag("full")
@Timeout(60)
class ComparisonTest {

    private static final int ANY_CORE = -1;
    private static final int CONNECTIONS = 4;

    /** More than both sockets hold together. Netty takes all of it. */
    private static final int FLOOD_BYTES = 16 << 20;

    private static final int SMALL_BUFFER = 64 << 10;
    private static final long STALLED_MILLIS = 200;

    @TempDir
    private static Path directory;

    private static EchoPrograms programs;

    @BeforeAll
    static void compile() throws Exception {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "the comparisons need Linux on x86-64");
        assumeTrue(CProgram.canCompile(), "the comparisons need gcc, which is not on the PATH");
        programs = EchoPrograms.compile(directory);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c",
                "c-io_uring",
                "ffm",
                "pollux-native",
                "pollux-channels",
                "pollux-channels@nio",
                "pollux-operations",
                "pollux-operations@io_uring",
                "jdk",
                "netty-nio",
                "netty-epoll",
                "netty-io_uring"
            })
    void everyEchoServerReturnsEveryByte(String name) throws Exception {
        try (Child server = Child.start(ANY_CORE, programs.serverCommand(name))) {
            int port = Integer.parseInt(server.answer());

            try (EchoLoad load =
                    EchoLoad.connect(programs.load(), ANY_CORE, port, server, new EchoSize(CONNECTIONS, 64))) {
                assertEquals(200, load.send(200).requests());
            }
            flood(port);
        }
    }

    /** Writes without reading until the server reads no more, or has taken a lot; then reads and compares everything. */
    private static void flood(int port) throws IOException {
        try (SocketChannel client = SocketChannel.open();
                Selector selector = Selector.open()) {
            client.setOption(StandardSocketOptions.SO_SNDBUF, SMALL_BUFFER);
            client.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_BUFFER);
            client.connect(RunningServer.address(port));
            client.configureBlocking(false);
            client.register(selector, SelectionKey.OP_WRITE);
            ByteBuffer sent = numbers();
            while (sent.hasRemaining() && selector.select(key -> {}, STALLED_MILLIS) > 0) {
                client.write(sent);
            }
            client.keyFor(selector).cancel();
            selector.selectNow();
            client.configureBlocking(true);
            ByteBuffer received = ByteBuffer.allocate(sent.position());
            int count = 0;
            while (count >= 0 && received.hasRemaining()) {
                count = client.read(received);
            }

            assertEquals(sent.flip(), received.flip());
        }
    }

    private static ByteBuffer numbers() {
        ByteBuffer numbers = ByteBuffer.allocate(FLOOD_BYTES);
        while (numbers.hasRemaining()) {
            numbers.putInt(numbers.position());
        }
        return numbers.flip();
    }

    /** Without this, the test above would say nothing about the bytes. */
    @Test
    void anotherByteEndsTheLoadProgram() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Child anyProcess = Child.start(ANY_CORE, List.of("cat"));
                EchoLoad load = EchoLoad.connect(
                        programs.load(), ANY_CORE, listener.getLocalPort(), anyProcess, new EchoSize(1, 1));
                Socket liar = listener.accept()) {
            Thread lies = Thread.ofVirtual().start(() -> answerFalsely(liar));

            IOException ended = assertThrows(IOException.class, () -> load.send(1));

            assertTrue(ended.getMessage().contains("ended with exit code 1"), ended::getMessage);
            lies.join();
        }
    }

    private static void answerFalsely(Socket liar) {
        try {
            liar.getOutputStream().write(liar.getInputStream().read() ^ 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c",
                "c@poll",
                "c@select",
                "python",
                "pollux-selector",
                "pollux-selector@poll",
                "pollux-selector@select",
                "pollux-selector@nio",
                "pollux-loop",
                "pollux-run-once",
                "jdk",
                "jnr-enxio",
                "netty-handler",
                "netty-epoll"
            })
    void everyLoopDispatchesEveryLoad(String name) throws Exception {
        measureAll(
                DispatchComparison.entrant(name, ANY_CORE, directory),
                List.of(new DispatchLoad(10, 1), new DispatchLoad(20, 13)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"c", "pollux-selector", "pollux-loop", "jdk", "netty-epoll"})
    void everySideChangesWhatIsWatched(String name) throws Exception {
        measureAll(
                ChurnComparison.entrant(name, ANY_CORE, directory),
                Stream.of(ChurnWork.values())
                        .map(work -> new ChurnLoad(10, work))
                        .toList());
    }

    private static <L extends MeteredEntrant.Load> void measureAll(MeteredEntrant<L> entrant, List<L> loads)
            throws Exception {
        try (Entrant.Running<L, Sample> running = entrant.start()) {
            for (L load : loads) {
                running.prepare(load, 0.02);
                Sample sample = running.measure(load, 0.01);

                assertTrue(sample.count() > 0, sample::toString);
                assertTrue(sample.nanos() > 0, sample::toString);
            }
        }
    }
}
