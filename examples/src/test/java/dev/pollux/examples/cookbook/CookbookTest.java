package dev.pollux.examples.cookbook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Selectors;
import dev.pollux.accept.Acceptor;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Registration;
import dev.pollux.stream.StreamServer;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The recipes on real sockets, in this process. */
@Timeout(60)
class CookbookTest {

    private static final int SOON_MILLIS = 10_000;
    private static final SocketAddress FREE_PORT = Here.address("0");

    private EventLoop loop;

    @BeforeEach
    void start() throws IOException {
        loop = EventLoop.open();
        loop.start();
    }

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void aClientThatSendsNothingIsClosed() throws Exception {
        try (StreamServer server = Timeouts.serve(loop, FREE_PORT, Duration.ofMillis(100), Duration.ofHours(1));
                Socket client = connect(server)) {
            assertEquals("", readAll(client));
        }
    }

    @Test
    void aClientThatSendsPartsOfALineIsClosedAtTheLimitForALine() throws Exception {
        try (StreamServer server = Timeouts.serve(loop, FREE_PORT, Duration.ofHours(1), Duration.ofMillis(300));
                Socket client = connect(server)) {
            write(client, "whole\nhal");
            assertEquals("whole\nno whole line within PT0.3S\n", readAll(client));
        }
    }

    @Test
    void aClientThatReadsLateGetsEveryNumberAndCostsNoMore() throws Exception {
        try (StreamServer server = Numbers.withWaterMarks(loop, FREE_PORT)) {
            assertCounts(server.address().orElseThrow());
            await(() -> server.connections() == 0);
        }
    }

    @Test
    void theNumbersByHandAreTheSame() throws Exception {
        try (Acceptor<SocketChannel> acceptor = Numbers.byHand(loop, FREE_PORT)) {
            assertCounts(acceptor.address().orElseThrow());
            await(() -> acceptor.connections() == 0);
        }
    }

    /** Another client is served all the while, so the one that reads nothing holds up no one. */
    private static void assertCounts(SocketAddress address) throws IOException {
        try (Socket late = connect(address);
                Socket other = connect(address)) {
            for (Socket client : List.of(other, late)) {
                DataInputStream numbers = new DataInputStream(client.getInputStream());
                byte[] chunk = new byte[80_000];
                for (long next = 0; next < 1_000_000; next += 10_000) {
                    numbers.readFully(chunk);
                    assertArrayEquals(numbers(next, 10_000), chunk);
                }
            }
        }
    }

    private static byte[] numbers(long from, int count) {
        ByteBuffer numbers = ByteBuffer.allocate(8 * count);
        for (long next = from; numbers.hasRemaining(); next++) {
            numbers.putLong(next);
        }
        return numbers.array();
    }

    @Test
    void linesComeBackInCapitalsHoweverTheyAreCut() throws Exception {
        try (StreamServer server = Framing.lines(loop, FREE_PORT);
                Socket client = connect(server)) {
            client.setTcpNoDelay(true);
            for (byte each : "one\r\ntwo thrée\n\nlast".getBytes(StandardCharsets.UTF_8)) {
                client.getOutputStream().write(each);
            }
            client.shutdownOutput();
            assertEquals("ONE\nTWO THRÉE\n\nLAST\n", readAll(client));
        }
    }

    @Test
    void framesComeBackInCapitals() throws Exception {
        try (StreamServer server = Framing.lengths(loop, FREE_PORT);
                Socket client = connect(server)) {
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            DataInputStream in = new DataInputStream(client.getInputStream());
            for (String text : List.of("one", "", "x".repeat(60_000), "two\nlines")) {
                out.writeInt(text.length());
                out.writeBytes(text);
                assertEquals(
                        text.toUpperCase(Locale.ROOT),
                        new String(in.readNBytes(in.readInt()), StandardCharsets.US_ASCII));
            }
        }
    }

    @Test
    void aFrameThatIsTooLongEndsItsConnection() throws Exception {
        try (StreamServer server = Framing.lengths(loop, FREE_PORT);
                Socket client = connect(server)) {
            new DataOutputStream(client.getOutputStream()).writeInt(Integer.MAX_VALUE);
            assertEquals("", readAll(client));
        }
    }

    @Test
    void datagramsComeBackToTheirSenders() throws Exception {
        try (DatagramChannel server = DatagramChannel.open();
                DatagramSocket first = new DatagramSocket(FREE_PORT);
                DatagramSocket second = new DatagramSocket(FREE_PORT)) {
            server.bind(FREE_PORT).configureBlocking(false);
            Registration echo = Udp.echo(loop, server);
            for (int i = 0; i < 100; i++) {
                for (DatagramSocket client : List.of(first, second)) {
                    assertComesBack(
                            client, ("datagram " + i + " of " + client).getBytes(StandardCharsets.UTF_8), server);
                }
            }
            assertComesBack(first, new byte[0], server);
            assertComesBack(first, new byte[60_000], server);
            echo.cancel();
        }
    }

    private static void assertComesBack(DatagramSocket client, byte[] bytes, DatagramChannel server)
            throws IOException {
        client.setSoTimeout(SOON_MILLIS);
        client.send(new DatagramPacket(bytes, bytes.length, (InetSocketAddress) server.getLocalAddress()));
        DatagramPacket answer = new DatagramPacket(new byte[65_536], 65_536);
        client.receive(answer);
        assertArrayEquals(bytes, Arrays.copyOf(answer.getData(), answer.getLength()));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theOutputOfAProcessComesByLinesAndThenItsExitCode() throws Exception {
        for (String backend : List.of("epoll", "poll", "io_uring")) {
            if (!isAvailable(backend)) {
                continue;
            }
            try (EventLoop watching = EventLoop.open(backend)) {
                watching.start();
                List<String> lines = new ArrayList<>();

                CompletableFuture<Integer> code = ChildProcess.run(
                        watching,
                        List.of(
                                "sh",
                                "-c",
                                "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo line $i; done; "
                                        + "echo wrong >&2; printf last; exit 7"),
                        line -> {
                            assertTrue(watching.inLoop());
                            lines.add(line);
                        });

                assertEquals(7, code.get(SOON_MILLIS, TimeUnit.MILLISECONDS));
                assertEquals(20_002, lines.size());
                assertEquals("line 20000", lines.get(19_999));
                assertEquals(List.of("wrong", "last"), lines.subList(20_000, 20_002));
                // The callback that has read the end is perhaps still at work.
                await(() -> watching.registered() == 0);
            }
        }
    }

    private static boolean isAvailable(String backend) {
        return Selectors.backends().stream().anyMatch(each -> each.name().equals(backend) && each.isAvailable());
    }

    private static Socket connect(StreamServer server) throws IOException {
        return connect(server.address().orElseThrow());
    }

    private static Socket connect(SocketAddress address) throws IOException {
        Socket client = new Socket();
        client.setSoTimeout(SOON_MILLIS);
        client.connect(address, SOON_MILLIS);
        return client;
    }

    private static void write(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String readAll(Socket client) throws IOException {
        return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void await(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - start < SOON_MILLIS * 1_000_000L, "it does not come");
            LockSupport.parkNanos(1_000_000);
        }
    }
}
