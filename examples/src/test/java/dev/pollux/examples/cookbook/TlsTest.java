package dev.pollux.examples.cookbook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.stream.Connection;
import dev.pollux.stream.StreamOptions;
import dev.pollux.stream.StreamServer;
import dev.pollux.tck.fake.FakeSource;
import dev.pollux.tck.fake.Simulation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS on a loop against the JDK's own sockets. */
@Timeout(60)
class TlsTest {

    private static final int SOON_MILLIS = 10_000;

    /** More than the buffers of the kernel and the water marks hold together. */
    private static final byte[] MUCH = new byte[12_000_000];

    @TempDir
    private static Path folder;

    private static SSLContext context;

    private EventLoop loop;
    private StreamServer server;
    private final BlockingQueue<Optional<Throwable>> closed = new LinkedBlockingQueue<>();

    @BeforeAll
    static void makeKey() throws Exception {
        new Random(1).nextBytes(MUCH);
        Path store = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "key",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, keytool.waitFor(), said);
        context = TlsEcho.context(store, "changeit".toCharArray());
    }

    @BeforeEach
    void serve() throws IOException {
        loop = EventLoop.open();
        server = StreamServer.builder().listen(loop, here(), Tls.server(context, new Echo()));
        loop.start();
    }

    @AfterEach
    void end() {
        server.close();
        loop.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aClientOfTheJdkGetsBackEveryByteAndThenCloseNotify(String protocol) throws Exception {
        try (SSLSocket client = connect(protocol)) {
            FutureTask<Void> sending = new FutureTask<>(() -> {
                client.getOutputStream().write(MUCH);
                return null;
            });
            new Thread(sending, "sender").start();
            assertArrayEquals(MUCH, client.getInputStream().readNBytes(MUCH.length));
            sending.get();

            client.shutdownOutput();

            // The JDK throws if the stream ends without close_notify.
            assertEquals(-1, client.getInputStream().read());
            assertEquals(protocol, client.getSession().getProtocol());
        }
        assertNull(whyItClosed());
    }

    @Test
    void newKeysOfTls13ChangeNothingForTheData() throws Exception {
        try (SSLSocket client = connect("TLSv1.3")) {
            assertEchoes(client, "before");
            client.startHandshake(); // of a connection with TLS 1.3: a KeyUpdate
            assertEchoes(client, "after");
        }
    }

    @Test
    void aRenegotiationFails() throws Exception {
        try (SSLSocket client = connect("TLSv1.2")) {
            assertEchoes(client, "before");

            assertThrows(IOException.class, () -> {
                client.startHandshake();
                client.getInputStream().read();
            });
        }
        assertTrue(whyItClosed().getMessage().contains("negotiate again"));
    }

    @Test
    void anEndWithoutCloseNotifyIsAFailure() throws Exception {
        try (Socket stream = new Socket(address().getAddress(), address().getPort());
                SSLSocket client = (SSLSocket) context.getSocketFactory()
                        .createSocket(stream, "localhost", address().getPort(), false)) {
            assertEchoes(client, "hello");

            stream.shutdownOutput();

            assertTrue(whyItClosed().getMessage().contains("without close_notify"));
        }
    }

    @Test
    void whatIsNoTlsGetsAnAlertAndTheEnd() throws Exception {
        try (Socket client = new Socket(address().getAddress(), address().getPort())) {
            client.setSoTimeout(SOON_MILLIS);
            client.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            byte[] answer = client.getInputStream().readAllBytes();

            assertEquals(21, answer[0], "the type of a record with an alert, RFC 8446, 5.1");
        }
        assertInstanceOf(SSLException.class, whyItClosed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aClientOnALoopTalksToAServerOfTheJdk(String protocol) throws Exception {
        try (SSLServerSocket listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listener.setEnabledProtocols(new String[] {protocol});
            FutureTask<byte[]> serving = new FutureTask<>(() -> {
                try (SSLSocket accepted = (SSLSocket) listener.accept()) {
                    accepted.setSoTimeout(SOON_MILLIS);
                    byte[] bytes = accepted.getInputStream().readNBytes(MUCH.length);
                    accepted.getOutputStream().write(bytes);
                    return bytes;
                }
            });
            new Thread(serving, "server").start();

            byte[] answer = exchange("localhost", listener.getLocalPort()).get(SOON_MILLIS, TimeUnit.MILLISECONDS);

            assertArrayEquals(MUCH, serving.get());
            assertArrayEquals(MUCH, answer);
        }
    }

    @Test
    void bothEndsMayBeOnOneLoop() throws Exception {
        byte[] answer = exchange("localhost", address().getPort()).get(SOON_MILLIS, TimeUnit.MILLISECONDS);

        assertArrayEquals(MUCH, answer);
        assertNull(whyItClosed());
    }

    @Test
    void aCertificateForAnotherNameFails() throws Exception {
        CompletableFuture<byte[]> answer = exchange("example.org", address().getPort());

        Exception failure = assertThrows(Exception.class, () -> answer.get(SOON_MILLIS, TimeUnit.MILLISECONDS));

        assertInstanceOf(SSLException.class, failure.getCause());
        assertTrue(whyItClosed().getMessage().contains("certificate_unknown"), "the server gets the alert");
    }

    @Test
    void theEndOfTheServerSendsCloseNotify() throws Exception {
        try (SSLSocket client = connect("TLSv1.3")) {
            assertEchoes(client, "hello");

            CompletableFuture<Integer> stopped = server.stop(Duration.ofSeconds(10));

            assertEquals(-1, client.getInputStream().read());
            client.shutdownOutput();
            assertEquals(0, stopped.get(SOON_MILLIS, TimeUnit.MILLISECONDS));
        }
    }

    @Test
    void whatAHandlerThrowsClosesItsConnection() throws Exception {
        try (EventLoop other = EventLoop.builder().failureHandler(failure -> {}).open();
                StreamServer failing = StreamServer.builder()
                        .listen(other, here(), Tls.server(context, (tls, bytes) -> {
                            throw new IllegalStateException("on purpose");
                        }));
                SSLSocket client = (SSLSocket) context.getSocketFactory().createSocket()) {
            other.start();
            client.setSoTimeout(SOON_MILLIS);
            client.connect(failing.address().orElseThrow());
            client.getOutputStream().write(1);

            assertEquals(-1, client.getInputStream().read());
        }
    }

    @Test
    void aHandshakeThatStandsStillEndsAtItsLimit() throws Exception {
        try (Simulation simulation = Simulation.open()) {
            FakeSource client = simulation.kernel().source();
            Connection.open(
                    simulation.loop(), client.peer(), StreamOptions.defaults(), Tls.server(context, new Echo()));

            simulation.runFor(Duration.ofMillis(9_999));
            assertTrue(closed.isEmpty());
            simulation.runFor(Duration.ofMillis(1));

            assertTrue(whyItClosed().getMessage().contains("took longer than PT10S"));
            assertEquals(-1, client.read(ByteBuffer.allocate(1)));
        }
    }

    @Test
    void recordsMayComeByteByByte() throws Exception {
        StringBuilder heard = new StringBuilder();
        Tls.Handler greeter = new Tls.Handler() {

            @Override
            public void onOpen(Tls tls) {
                tls.send(StandardCharsets.US_ASCII.encode("hello"));
            }

            @Override
            public void onReceive(Tls tls, ByteBuffer bytes) {
                heard.append(StandardCharsets.US_ASCII.decode(bytes));
                tls.close();
            }
        };
        try (Simulation simulation = Simulation.open()) {
            FakeSource client = simulation.kernel().source();
            FakeSource echo = simulation.kernel().source();
            Connection.open(
                    simulation.loop(),
                    client.peer(),
                    StreamOptions.defaults(),
                    Tls.client(context, "localhost", 1, greeter));
            Connection.open(simulation.loop(), echo.peer(), StreamOptions.defaults(), Tls.server(context, new Echo()));

            for (int i = 0; i < 20_000 && closed.isEmpty(); i++) {
                moveOne(client, echo);
                moveOne(echo, client);
                simulation.runFor(Duration.ZERO);
            }
        }
        assertEquals("hello", heard.toString());
        assertNull(whyItClosed());
    }

    private static void moveOne(FakeSource from, FakeSource to) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        int count = from.read(one);
        if (count > 0) {
            to.write(one.flip());
        } else if (count < 0) {
            to.shutdownOutput();
        }
    }

    /** Sends much to a server and returns what comes back. */
    private CompletableFuture<byte[]> exchange(String host, int port) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        ByteBuffer rest = ByteBuffer.wrap(MUCH);
        Tls.Handler client = new Tls.Handler() {

            @Override
            public void onOpen(Tls tls) {
                sendOn(tls);
            }

            @Override
            public void onLowWater(Tls tls) {
                sendOn(tls);
            }

            // As much as may wait.
            private void sendOn(Tls tls) {
                while (rest.hasRemaining() && tls.connection().queued() <= 64 * 1024) {
                    ByteBuffer part = rest.slice(rest.position(), Math.min(16 * 1024, rest.remaining()));
                    rest.position(rest.position() + part.remaining());
                    tls.send(part);
                }
            }

            @Override
            public void onReceive(Tls tls, ByteBuffer bytes) {
                byte[] copy = new byte[bytes.remaining()];
                bytes.get(copy);
                received.writeBytes(copy);
                if (received.size() == MUCH.length) {
                    answer.complete(received.toByteArray());
                    tls.close();
                }
            }

            @Override
            public void onClosed(Tls tls, @Nullable Throwable reason) {
                answer.completeExceptionally(reason == null ? new IOException("closed early") : reason);
            }
        };
        Connection.connect(
                loop,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                Duration.ofSeconds(5),
                // Two ends that each wait for the other to read would wait for ever: this one reads in any case.
                StreamOptions.defaults().pauseAboveHighWater(false),
                Tls.client(context, host, port, client));
        return answer;
    }

    private SSLSocket connect(String protocol) throws IOException {
        SSLSocket client = (SSLSocket) context.getSocketFactory()
                .createSocket(address().getAddress(), address().getPort());
        client.setSoTimeout(SOON_MILLIS);
        client.setEnabledProtocols(new String[] {protocol});
        return client;
    }

    private static void assertEchoes(SSLSocket client, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        client.getOutputStream().write(bytes);
        assertArrayEquals(bytes, client.getInputStream().readNBytes(bytes.length));
    }

    private static InetSocketAddress here() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private InetSocketAddress address() {
        return (InetSocketAddress) server.address().orElseThrow();
    }

    /** Returns why the server's next connection was closed, null for no failure. */
    private @Nullable Throwable whyItClosed() throws InterruptedException {
        Optional<Throwable> reason = closed.poll(SOON_MILLIS, TimeUnit.MILLISECONDS);
        assertTrue(reason != null, "no connection is closed");
        return reason.orElse(null);
    }

    private final class Echo implements Tls.Handler {

        @Override
        public void onReceive(Tls tls, ByteBuffer bytes) {
            tls.send(bytes);
        }

        @Override
        public void onClosed(Tls tls, @Nullable Throwable reason) {
            closed.add(Optional.ofNullable(reason));
        }
    }
}
