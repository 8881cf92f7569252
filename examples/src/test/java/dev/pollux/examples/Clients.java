package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/** What clients of a server under test do; they block, and know nothing of selectors as far as that is possible. */
final class Clients {

    static final int SOON_MILLIS = 10_000;

    /** What the JVM may open for itself during a test, for instance a poller for each processor. */
    static final int JVM_DESCRIPTORS = 10;

    /** How long nothing must happen until it counts as never. */
    static final int QUIET_MILLIS = 300;

    /** How long nothing must happen if there is a reason for it. */
    private static final int STUCK_MILLIS = 50;

    private static final int MIB = 1 << 20;
    private static final int CHUNK = 64 * 1024;
    private static final byte[] PATTERN = bytes(MIB + CHUNK);

    /** What the JVM and the test itself may need besides connections. */
    private static final int SPARE_DESCRIPTORS = 500;

    private Clients() {}

    static Socket connect(InetSocketAddress address) throws IOException {
        Socket client = new Socket();
        client.setSoTimeout(SOON_MILLIS);
        client.connect(address, SOON_MILLIS);
        return client;
    }

    static void write(Socket client, byte[] bytes) {
        try {
            client.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] read(Socket client, int count) throws IOException {
        return client.getInputStream().readNBytes(count);
    }

    /** Closes a client in a way that its peer gets a reset. */
    static void reset(Socket client) throws IOException {
        client.setOption(StandardSocketOptions.SO_LINGER, 0);
        client.close();
    }

    /** Returns bytes without meaning, the same for the same count. */
    static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    /** Returns a part of an endless pattern, so that what is sent need not be kept. */
    static byte[] pattern(long from, int count) {
        int at = (int) (from % MIB);
        return Arrays.copyOfRange(PATTERN, at, at + count);
    }

    /** Turns a position and a count into what is sent from there on. */
    @FunctionalInterface
    interface Content {

        byte[] at(long from, int count);
    }

    /**
     * Sends without reading until nothing is taken any more, and returns how much was. Fails at {@code most}, which is to
     * be more than all the buffers of the kernel hold. Once the server {@code owes} an answer that the kernel does not
     * take, the end of the sending is soon sure.
     */
    static long flood(SocketChannel client, Content content, long most, BooleanSupplier owes) throws IOException {
        long sent = 0;
        try (Selector writable = Selector.open()) {
            client.configureBlocking(false);
            SelectionKey key = client.register(writable, SelectionKey.OP_WRITE);
            while (writable.select(STUCK_MILLIS) > 0 || (!owes.getAsBoolean() && writable.select(QUIET_MILLIS) > 0)) {
                writable.selectedKeys().clear();
                sent += client.write(ByteBuffer.wrap(content.at(sent, CHUNK)));
                assertTrue(sent < most, "the server takes everything");
            }
            key.cancel();
            writable.selectNow();
        }
        client.configureBlocking(true);
        client.socket().setSoTimeout(SOON_MILLIS);
        return sent;
    }

    /** Reads {@code count} bytes and checks each. */
    static void assertReads(SocketChannel client, Content expected, long count) throws IOException {
        for (long at = 0; at < count; ) {
            byte[] returned = client.socket().getInputStream().readNBytes((int) Math.min(CHUNK, count - at));
            assertArrayEquals(expected.at(at, returned.length), returned, "from byte " + at + " on");
            assertTrue(returned.length > 0, "the end comes early, at byte " + at);
            at += returned.length;
        }
    }

    /** Waits until something is so. */
    static void await(BooleanSupplier condition, String failure) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - start < SOON_MILLIS * 1_000_000L, failure);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Returns how many descriptors this process has open; 0 where that is not told. */
    static long openDescriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }

    /** Returns {@code wanted}, or less and says why if this process may not open both ends of so many connections. */
    static int connectionsThatFit(int wanted) {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)) {
            return wanted;
        }
        long most = unix.getMaxFileDescriptorCount();
        long fitting = (most - unix.getOpenFileDescriptorCount() - SPARE_DESCRIPTORS) / 2;
        if (fitting >= wanted) {
            return wanted;
        }
        System.out.println(fitting + " connections instead of " + wanted + ": both ends are in this process, which may "
                + "open " + most + " descriptors (ulimit -n)");
        assertTrue(fitting > 0, () -> "ulimit -n is " + most + ", which leaves no room for connections");
        return (int) fitting;
    }

    /** Opens many connections, one after the other. */
    static List<Socket> connect(InetSocketAddress address, int count) throws IOException {
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                clients.add(connect(address));
            }
            return clients;
        } catch (IOException e) {
            close(clients);
            throw new IOException("after " + clients.size() + " connections: " + e.getMessage(), e);
        }
    }

    /** Lets each client send something of its own before any of them reads. */
    static void writeAll(List<Socket> clients, IntFunction<byte[]> content) {
        for (int i = 0; i < clients.size(); i++) {
            write(clients.get(i), content.apply(i));
        }
    }

    static void assertEachReads(List<Socket> clients, IntFunction<byte[]> content) throws IOException {
        for (int i = 0; i < clients.size(); i++) {
            byte[] expected = content.apply(i);
            assertArrayEquals(expected, read(clients.get(i), expected.length), "client " + i);
        }
    }

    static void close(List<Socket> clients) throws IOException {
        for (Socket client : clients) {
            client.close();
        }
    }
}
