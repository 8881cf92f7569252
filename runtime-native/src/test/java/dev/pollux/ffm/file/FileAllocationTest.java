package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.pollux.Events;
import dev.pollux.ffm.Children;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Once compiled, reading and writing allocate nothing, whoever calls and however the compiler comes there. In JVMs of their
 * own: in this one faults can be injected into each call, and to be injected they need the arguments as objects.
 */
@Tag("allocation")
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class FileAllocationTest {

    private static final int CALLS = 10_000;

    /** Until the compiler has come round; one without allocation is enough. */
    private static final int ROUNDS = 1_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final ByteBuffer OUT = ByteBuffer.allocateDirect(64);
    private static final ByteBuffer IN = ByteBuffer.allocateDirect(64);

    /** Twice the size, so that transfers begin in the middle. */
    private static final ByteBuffer PART_OUT = ByteBuffer.allocateDirect(128);

    private static final ByteBuffer PART_IN = ByteBuffer.allocateDirect(128);

    /**
     * With the second flag the compiler inlines fewer calls into one another: the same as if the caller were deep in calls
     * of its own. With the third it works from the start, and not from what a first compiler has found out.
     */
    @ParameterizedTest
    @ValueSource(strings = {"-XX:+TieredCompilation", "-XX:MaxInlineLevel=9", "-XX:-TieredCompilation"})
    void readingAndWritingAllocateNothing(String flag) throws IOException {
        ProcessBuilder child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        flag,
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FileAllocationTest.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT);

        assertEquals("""
                pipe 0
                part of a buffer 0
                buffer of an arena 0
                segment 0
                shared segment 0
                stream 0
                stream on another thread 0
                datagram 0
                counter 0
                disk file 0
                """, Children.output(child));
    }

    /** Prints how many bytes each kind allocates per call in its best round. */
    public static void main(String[] args) throws Exception {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (NativePipe pipe = NativePipe.open();
                Arena arena = Arena.ofConfined();
                Arena shared = Arena.ofShared();
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
            print(
                    "part of a buffer",
                    () -> pipe.writer().write(PART_OUT.clear().position(64))
                            + pipe.reader().read(PART_IN.clear().position(64)));
            ByteBuffer guarded = arena.allocate(128).asByteBuffer();
            print(
                    "buffer of an arena",
                    () -> pipe.writer().write(guarded.clear().position(64))
                            + pipe.reader().read(guarded.clear().position(64)));
            MemorySegment memory = arena.allocate(64);
            print("segment", () -> pipe.writer().write(memory) + pipe.reader().read(memory));
            MemorySegment sharedMemory = shared.allocate(64);
            print(
                    "shared segment",
                    () -> pipe.writer().write(sharedMemory) + pipe.reader().read(sharedMemory));
            Bytes.await(listener, Events.READ);
            try (TcpStream server = listener.accept()) {
                Transfer echo = () -> client.write(OUT.clear()) + server.read(IN.clear()) + client.read(IN.clear());
                print("stream", echo);
                FutureTask<Boolean> task = new FutureTask<>(() -> {
                    print("stream on another thread", echo);
                    return true;
                });
                new Thread(task).start();
                task.get();
            }
            sender.connect(receiver.localAddress());
            print("datagram", () -> sender.write(OUT.clear()) + receiver.read(IN.clear()));
            print("counter", () -> counter.add(128) ? (int) counter.take() : 0);
            Path path = Files.createTempFile("disk", "file");
            try (DiskFile file = DiskFile.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                print("disk file", () -> file.write(OUT.clear(), 0) + file.read(IN.clear(), 0));
            } finally {
                Files.delete(path);
            }
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
