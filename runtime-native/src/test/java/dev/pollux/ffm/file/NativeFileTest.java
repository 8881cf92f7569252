package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Selectors;
import dev.pollux.ffm.EpollBackendProvider;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Registration;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Timeout(60)
class NativeFileTest {

    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private Map<Integer, String> openBefore;

    @BeforeEach
    void remember() {
        openBefore = OpenFiles.now();
    }

    @AfterEach
    void nothingIsLeftOpen() {
        assertEquals(openBefore, OpenFiles.now());
    }

    @Test
    void nothingIsInheritedAndNothingBlocks() throws IOException {
        try (TcpListener listener = TcpListener.bind(ANY_PORT);
                TcpStream client = TcpStream.connect(listener.localAddress());
                UdpSocket datagrams = UdpSocket.bind(ANY_PORT);
                NativePipe pipe = NativePipe.open();
                EventCounter counter = EventCounter.open();
                TimerDescriptor timer = TimerDescriptor.open();
                SignalSource signal = SignalSource.open("WINCH");
                FileWatch watch = FileWatch.open()) {
            Bytes.await(listener, Events.READ);
            try (TcpStream server = listener.accept()) {
                for (NativeFile file : List.of(
                        listener,
                        client,
                        server,
                        datagrams,
                        pipe.reader(),
                        pipe.writer(),
                        counter,
                        timer,
                        signal,
                        watch)) {
                    int flags = TestLibc.fcntl(file.fd(), TestLibc.F_GETFL, 0);
                    assertEquals(TestLibc.FD_CLOEXEC, TestLibc.fcntl(file.fd(), TestLibc.F_GETFD, 0), file::toString);
                    assertTrue((flags & TestLibc.O_NONBLOCK) != 0, file::toString);
                }
            }
        }
    }

    @Test
    void heapMemoryIsRefusedWithTheWayOut() throws IOException {
        try (NativePipe pipe = NativePipe.open()) {
            IllegalArgumentException buffer = assertThrows(
                    IllegalArgumentException.class, () -> pipe.reader().read(ByteBuffer.allocate(1)));
            IllegalArgumentException segment = assertThrows(
                    IllegalArgumentException.class, () -> pipe.writer().write(MemorySegment.ofArray(new byte[1])));

            assertTrue(buffer.getMessage().endsWith("use ByteBuffer.allocateDirect"), buffer.getMessage());
            assertTrue(segment.getMessage().endsWith("allocate it from an Arena"), segment.getMessage());
            assertThrows(
                    ReadOnlyBufferException.class,
                    () -> pipe.reader().read(Bytes.room().asReadOnlyBuffer()));
            assertEquals(1, pipe.writer().write(Bytes.of("a").asReadOnlyBuffer()));
        }
    }

    @Test
    void aClosedFileRefusesEverythingAndMakesNoCall() throws IOException {
        NativePipe pipe = NativePipe.open();
        int number = pipe.reader().fd();

        pipe.close();

        try (Faults calls = Faults.recording()) {
            assertThrows(ClosedChannelException.class, () -> pipe.reader().read(Bytes.room()));
            assertThrows(ClosedChannelException.class, () -> pipe.writer().write(Bytes.of("a")));
            pipe.reader().close();
            assertEquals(-1, pipe.reader().fd());
            assertFalse(pipe.reader().isOpen());
            assertEquals(List.of(), calls.calls());
        }
        assertFalse(OpenFiles.now().containsKey(number));
    }

    @Test
    void manyThreadsThatCloseCloseOnce() throws Exception {
        for (int round = 0; round < 200; round++) {
            EventCounter counter = EventCounter.open();
            try (Faults calls = Faults.recording()) {
                CompletableFuture<Void> other = CompletableFuture.runAsync(counter::close);
                counter.close();
                other.get(10, TimeUnit.SECONDS);

                assertEquals(1, Collections.frequency(calls.calls(), "close"));
            }
        }
    }

    @Test
    void closingWhileAnotherThreadReadsNeverMeetsAnothersDescriptor() throws Exception {
        for (int round = 0; round < 200; round++) {
            NativePipe pipe = NativePipe.open();
            CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> {
                ByteBuffer buffer = ByteBuffer.allocateDirect(16);
                try {
                    while (pipe.reader().read(buffer) == 0) {
                        Thread.onSpinWait();
                    }
                } catch (ClosedChannelException expected) {
                    return;
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                throw new AssertionError("read somebody else's bytes");
            });
            TimeUnit.MICROSECONDS.sleep(50);

            pipe.reader().close();
            // Whoever comes next gets the number that has become free.
            NativePipe canary = NativePipe.open();
            canary.writer().write(Bytes.of("canary"));
            reading.get(10, TimeUnit.SECONDS);

            assertEquals(6, canary.reader().read(Bytes.room()));
            canary.close();
            pipe.close();
        }
    }

    @Test
    void aSelectorLetsGoOfAClosedFileByTheObject() throws IOException {
        try (EventSelector selector = Selectors.open(new EpollBackendProvider())) {
            EventCounter counter = EventCounter.open();
            selector.register(counter, Events.READ);
            counter.close();

            selector.unregister(counter);

            assertTrue(selector.keys().isEmpty());
            IllegalArgumentException closed =
                    assertThrows(IllegalArgumentException.class, () -> selector.register(counter, Events.READ));
            assertTrue(closed.getMessage().contains("EventCounter[closed]"), closed.getMessage());
        }
    }

    @Test
    void aLoopServesThem() throws Exception {
        AtomicInteger expired = new AtomicInteger();
        CompletableFuture<byte[]> echoed = new CompletableFuture<>();
        try (EventLoop loop = EventLoop.builder().backend("epoll").open();
                TcpListener listener = TcpListener.bind(ANY_PORT);
                TimerDescriptor timer = TimerDescriptor.open();
                TcpStream client = TcpStream.connect(listener.localAddress())) {
            ByteBuffer buffer = Bytes.room();
            Registration accepting = loop.register(listener, Events.READ, (key, ready) -> {
                TcpStream server = listener.accept();
                loop.register(server, Events.READ, (echoing, r) -> {
                    buffer.clear();
                    if (server.read(buffer) < 0) {
                        echoing.cancel();
                        server.close();
                    } else {
                        server.write(buffer.flip());
                    }
                });
            });
            Registration ticking =
                    loop.register(timer, Events.READ, (key, ready) -> expired.addAndGet((int) timer.expirations()));
            ByteBuffer answer = Bytes.room();
            Registration asking = loop.register(client, Events.WRITE, (registration, ready) -> {
                if (!client.isConnected() && client.finishConnect()) {
                    client.write(Bytes.of("ping"));
                    registration.modify(Events.READ);
                } else if (client.read(answer) > 0 && answer.position() == 4) {
                    client.shutdownOutput();
                } else if (client.read(answer) < 0) {
                    byte[] bytes = new byte[answer.flip().remaining()];
                    answer.get(bytes);
                    registration.cancel();
                    echoed.complete(bytes);
                }
            });
            timer.start(Duration.ofMillis(1), Duration.ofMillis(1));
            loop.start();

            assertArrayEquals("ping".getBytes(StandardCharsets.US_ASCII), echoed.get(10, TimeUnit.SECONDS));
            awaitAtLeast(expired, 3);
            assertFalse(asking.isActive());
            ticking.cancel();
            accepting.cancel();
        }
    }

    private static void awaitAtLeast(AtomicInteger count, int least) {
        long start = System.nanoTime();
        while (count.get() < least && System.nanoTime() - start < Bytes.SOON.toNanos()) {
            Thread.onSpinWait();
        }
        assertTrue(count.get() >= least);
    }
}
