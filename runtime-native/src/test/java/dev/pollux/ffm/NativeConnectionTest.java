package dev.pollux.ffm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.BackendCandidate;
import dev.pollux.Events;
import dev.pollux.Selectors;
import dev.pollux.ffm.file.TcpListener;
import dev.pollux.ffm.file.TcpStream;
import dev.pollux.ffm.file.UnixListener;
import dev.pollux.ffm.file.UnixStream;
import dev.pollux.loop.EventLoop;
import dev.pollux.stream.Connection;
import dev.pollux.stream.StreamOptions;
import dev.pollux.stream.StreamServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Native streams as connections, on every backend that is here: by readiness and by a kernel that does operations. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class NativeConnectionTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    static Stream<String> backends() {
        return Selectors.backends().stream()
                .filter(BackendCandidate::isAvailable)
                .map(BackendCandidate::name)
                .filter(name -> !name.equals("nio"));
    }

    private static TcpListener listener() throws IOException {
        return TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        new SplittableRandom(count).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aPeerThatReadsLateGetsEveryByteAndCostsLittleMemory(String backend) throws Exception {
        AtomicReference<Connection> served = new AtomicReference<>();
        AtomicLong most = new AtomicLong();
        try (EventLoop loop = EventLoop.open(backend);
                TcpListener listener = listener();
                StreamServer server = StreamServer.builder().listen(loop, listener, connection -> {
                    served.set(connection);
                    return (same, bytes) -> {
                        same.send(bytes);
                        most.accumulateAndGet(same.queued(), Math::max);
                    };
                });
                Socket client = new Socket()) {
            loop.start();
            // The kernels keep up to 36 MB for the server, tcp(7); 64 KB each for the client.
            client.setReceiveBufferSize(64 * 1024);
            client.setSendBufferSize(64 * 1024);
            client.connect(listener.localAddress());
            byte[] sent = random(48 << 20);
            FutureTask<Void> sending = new FutureTask<>(() -> {
                client.getOutputStream().write(sent);
                client.shutdownOutput();
                return null;
            });
            Thread sender = new Thread(sending, "sender");
            sender.start();
            sender.join(500); // ends early for a server that takes everything
            assertTrue(sender.isAlive(), "a server that is not read from takes " + sent.length + " bytes");

            assertArrayEquals(sent, client.getInputStream().readAllBytes());
            sending.get();
            // What a kernel had taken when receiving paused, in lent buffers, still comes.
            assertTrue(most.get() <= 64 * 1024 + (4 << 20), () -> "held " + most);
            assertEquals(0, served.get().queued());
            assertEquals(0, server.stop(MINUTE).get());
        }
    }

    @Test
    @EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
    void everyByteIsEchoedInOrderWhileTheLoopIsSwapped() throws Exception {
        byte[] sent = random(16 << 20);
        try (EventLoop loop = EventLoop.open("io_uring");
                TcpListener listener = listener();
                StreamServer server = StreamServer.builder().listen(loop, listener, connection -> Connection::send)) {
            loop.start();
            AtomicInteger left = new AtomicInteger(3);
            List<FutureTask<byte[]>> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                FutureTask<byte[]> client = new FutureTask<>(() -> {
                    try {
                        return echoed(listener.localAddress(), sent);
                    } finally {
                        left.decrementAndGet();
                    }
                });
                new Thread(client, "client " + i).start();
                clients.add(client);
            }
            int swaps = 0;
            for (List<String> names = List.of("epoll", "io_uring", "poll", "io_uring"); left.get() > 0; swaps++) {
                loop.swap(names.get(swaps % 4)).get(30, TimeUnit.SECONDS);
                // Some operations between two swaps, so that some are in flight.
                long begun = loop.metrics().turns() + 3;
                while (left.get() > 0 && loop.metrics().turns() < begun) {
                    Thread.onSpinWait();
                }
            }
            for (FutureTask<byte[]> client : clients) {
                assertArrayEquals(sent, client.get());
            }
            assertTrue(swaps > 8, "swaps: " + swaps);
            assertEquals(0, server.stop(MINUTE).get());
        }
    }

    /** Sends on a thread of its own, so that both sides always have something to do. */
    private static byte[] echoed(SocketAddress server, byte[] bytes) throws Exception {
        try (Socket client = new Socket()) {
            client.connect(server);
            FutureTask<Void> sending = new FutureTask<>(() -> {
                client.getOutputStream().write(bytes);
                client.shutdownOutput();
                return null;
            });
            new Thread(sending, "sender").start();
            byte[] answer = client.getInputStream().readAllBytes();
            sending.get();
            return answer;
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aNativeStreamConnectsAndTalksToANativeServer(String backend) throws Exception {
        CompletableFuture<String> heard = new CompletableFuture<>();
        try (EventLoop loop = EventLoop.open(backend);
                TcpListener listener = listener();
                StreamServer server = StreamServer.builder().listen(loop, listener, connection -> Connection::send)) {
            loop.start();
            Connection connection = Connection.connect(
                            loop,
                            () -> TcpStream.connect(listener.localAddress()),
                            MINUTE,
                            StreamOptions.defaults(),
                            made -> (same, bytes) -> {
                                heard.complete(
                                        StandardCharsets.US_ASCII.decode(bytes).toString());
                            })
                    .get();
            assertTrue(connection.send(ByteBuffer.wrap(new byte[] {'h', 'i'})));
            assertEquals("hi", heard.get(30, TimeUnit.SECONDS));
            CompletableFuture<Integer> stopped = server.stop(MINUTE);
            assertEquals(0, stopped.get(30, TimeUnit.SECONDS), "both sides end without being cut");
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void unixStreamsToo(String backend, @TempDir Path folder) throws Exception {
        CompletableFuture<Integer> heard = new CompletableFuture<>();
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        try (EventLoop loop = EventLoop.open(backend);
                UnixListener listener = UnixListener.bind(address);
                StreamServer server = StreamServer.builder().listen(loop, listener, connection -> Connection::send)) {
            loop.start();
            Connection connection = Connection.connect(
                            loop,
                            () -> UnixStream.connect(address),
                            MINUTE,
                            StreamOptions.defaults(),
                            made -> (same, bytes) -> heard.complete(bytes.remaining()))
                    .get();
            connection.send(ByteBuffer.wrap(new byte[3]));
            assertEquals(3, heard.get(30, TimeUnit.SECONDS));
            assertEquals(0, server.stop(MINUTE).get(30, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aConnectThatIsRefusedLeavesNothingOpen(String backend) throws Exception {
        InetSocketAddress address;
        try (TcpListener listener = listener()) {
            address = listener.localAddress();
        }
        try (EventLoop loop = EventLoop.open(backend)) {
            loop.start();
            AtomicReference<TcpStream> stream = new AtomicReference<>();
            CompletableFuture<Connection> connecting = Connection.connect(
                    loop,
                    () -> {
                        stream.set(TcpStream.connect(address));
                        return stream.get();
                    },
                    MINUTE,
                    StreamOptions.defaults(),
                    made -> Connection::send);
            ExecutionException failure = assertThrows(ExecutionException.class, connecting::get);
            assertInstanceOf(IOException.class, failure.getCause());
            assertTrue(stream.get() == null || !stream.get().isOpen());
            assertEquals(0, loop.registered());
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aPeerThatHasEndedItsOutputKeepsNoLoopAwakeThatWaitsToSend(String backend) throws Exception {
        AtomicLong writable = new AtomicLong();
        try (EventLoop loop = EventLoop.open(backend);
                TcpListener listener = listener();
                Socket client = new Socket()) {
            client.connect(listener.localAddress());
            try (TcpStream stream = listener.accept()) {
                ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);
                long sent = 0;
                for (int count = 1; count > 0; sent += count) {
                    count = stream.write(bytes.clear());
                }
                loop.register(stream, Events.WRITE, (registration, ready) -> writable.incrementAndGet());
                client.shutdownOutput();
                for (int i = 0; i < 10; i++) {
                    loop.runOnce(Duration.ofMillis(10));
                }
                assertEquals(0, loop.metrics().selector().rebuilds(), "its waits end for nothing");
                assertEquals(0, writable.get());

                client.getInputStream().readNBytes((int) sent);
                for (int turn = 1; turn <= 3; turn++) {
                    loop.runOnce(Duration.ofSeconds(10));
                    assertEquals(turn, writable.get(), "each turn, as long as there is room");
                }
            }
        }
    }
}
