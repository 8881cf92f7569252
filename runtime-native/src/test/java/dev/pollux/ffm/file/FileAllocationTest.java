package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.pollux.Events;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Once compiled, reading and writing allocate nothing. In a JVM of its own: in this one faults can be injected into each
 * call, and to be injected they need the arguments as objects.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class FileAllocationTest {

    private static final int CALLS = 10_000;

    /** Until the compiler has come round; one without allocation is enough. */
    private static final int ROUNDS = 1_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final ByteBuffer OUT = ByteBuffer.allocateDirect(64);
    private static final ByteBuffer IN = ByteBuffer.allocateDirect(64);

    @Test
    void readingAndWritingAllocateNothing() throws IOException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FileAllocationTest.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();

        assertEquals(
                "pipe 0\nsegment 0\nstream 0\ndatagram 0\ncounter 0\n",
                new String(child.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
    }

    /** Prints how many bytes each kind allocates per call in its best round. */
    public static void main(String[] args) throws IOException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (NativePipe pipe = NativePipe.open();
                Arena arena = Arena.ofConfined();
                TcpListener listener = TcpListener.bind(anyPort);
                TcpStream client = TcpStream.connect(listener.localAddress());
                UdpSocket sender = UdpSocket.bind(anyPort);
                UdpSocket receiver = UdpSocket.bind(anyPort);
                EventCounter counter = EventCounter.open()) {
            print(
                    "pipe",
                    () -> pipe.writer().write(OUT.clear())
                            + pipe.reader().read(IN.clear())
                            + pipe.reader().read(IN.clear()));
            MemorySegment memory = arena.allocate(64);
            print("segment", () -> pipe.writer().write(memory) + pipe.reader().read(memory));
            Bytes.await(listener, Events.READ);
            try (TcpStream server = listener.accept()) {
                print("stream", () -> client.write(OUT.clear()) + server.read(IN.clear()) + client.read(IN.clear()));
            }
            sender.connect(receiver.localAddress());
            print("datagram", () -> sender.write(OUT.clear()) + receiver.read(IN.clear()));
            print("counter", () -> counter.add(128) ? (int) counter.take() : 0);
        }
    }

    private static void print(String kind, Transfer transfer) throws IOException {
        long bytes = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && bytes / CALLS != 0; round++) {
            long transferred = 0;
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int call = 0; call < CALLS; call++) {
                transferred += transfer.bytes();
            }
            bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertEquals(128L * CALLS, transferred);
        }
        System.out.println(kind + " " + bytes / CALLS);
    }

    /** Returns how many bytes went out and in, 128. */
    @FunctionalInterface
    private interface Transfer {

        int bytes() throws IOException;
    }
}
