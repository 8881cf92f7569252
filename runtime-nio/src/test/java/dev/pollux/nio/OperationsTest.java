package dev.pollux.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.BackendUnavailableException;
import dev.pollux.Capability;
import dev.pollux.Requirements;
import dev.pollux.loop.EventLoop;
import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import dev.pollux.spi.PositionalFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Operations over Java channels and files, a turn at a time. */
@Timeout(30)
class OperationsTest {

    private EventLoop loop;
    private SocketChannel near;
    private SocketChannel far;
    private Operations nearOps;
    private Operations farOps;
    private final List<Operation> completed = new ArrayList<>();

    @BeforeEach
    void connect() throws IOException {
        loop = EventLoop.open("nio");
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            near = SocketChannel.open(listener.getLocalAddress());
            far = listener.accept();
        }
        near.configureBlocking(false);
        far.configureBlocking(false);
        nearOps = Operations.on(loop, near);
        farOps = Operations.on(loop, far);
    }

    @AfterEach
    void close() throws IOException {
        loop.close();
        near.close();
        far.close();
    }

    private void turnUntil(int count) throws IOException {
        while (completed.size() < count) {
            loop.runOnce(Duration.ofSeconds(10));
        }
    }

    private static ByteBuffer bytes(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static String text(ByteBuffer buffer) {
        return StandardCharsets.UTF_8.decode(buffer).toString();
    }

    @Test
    void whatIsSentIsReceived() throws IOException {
        Operation receive = farOps.operation(completed::add);
        Operation send = nearOps.operation(completed::add);
        ByteBuffer into = ByteBuffer.allocateDirect(100);
        receive.receive(into);
        send.send(bytes("hello"));
        assertTrue(send.isInFlight());
        turnUntil(2);
        assertEquals(List.of(send, receive), completed);
        assertEquals(5, send.result());
        assertEquals(5, receive.result());
        assertEquals("hello", text(into.flip()));
        assertFalse(receive.isInFlight());
    }

    @Test
    void aSendThatTheKernelDoesNotTakeAtOnceIsSentWhole() throws IOException {
        int size = 8 << 20;
        Operation send = nearOps.operation(completed::add);
        send.send(ByteBuffer.allocateDirect(size));
        int[] received = new int[1];
        Operation each = farOps.operation(part -> {
            received[0] += part.result();
            assertEquals(part.result(), part.lent().remaining());
        });
        each.receiveEach();
        turnUntil(1);
        assertEquals(size, send.result());
        while (received[0] < size) {
            loop.runOnce(Duration.ofSeconds(10));
        }
        assertEquals(size, received[0]);
    }

    @Test
    void aLentBufferIsSentWithoutACopyAndBelongsToTheSend() throws IOException {
        Operation answer = farOps.operation(completed::add);
        Operation second = farOps.operation(completed::add);
        List<String> refusals = new ArrayList<>();
        farOps.operation(part -> {
                    if (!part.goesOn()) {
                        return;
                    }
                    ByteBuffer lent = part.lent();
                    answer.send(lent);
                    refusals.add(assertThrows(IllegalStateException.class, part::lent)
                            .getMessage());
                    refusals.add(assertThrows(IllegalStateException.class, () -> second.send(lent))
                            .getMessage());
                })
                .receiveEach();
        near.write(bytes("hello"));
        turnUntil(1);

        assertEquals(5, answer.result());
        assertNull(answer.buffer(), "it has gone back");
        assertTrue(refusals.get(0).contains("belongs to an operation"), refusals.get(0));
        assertTrue(refusals.get(1).contains("was given to an operation"), refusals.get(1));
        assertFalse(second.isInFlight());
        ByteBuffer into = ByteBuffer.allocate(16);
        while (into.position() < 5) {
            near.read(into);
        }
        assertEquals("hello", text(into.flip()));
    }

    @Test
    void aLentBufferIsNotReceivedInto() throws IOException {
        Operation other = farOps.operation(completed::add);
        IllegalStateException[] refusal = new IllegalStateException[1];
        farOps.operation(part -> refusal[0] = assertThrows(
                        IllegalStateException.class,
                        () -> other.receive(part.lent().clear())))
                .receiveEach();
        near.write(bytes("hello"));
        while (refusal[0] == null) {
            loop.runOnce(Duration.ofSeconds(10));
        }

        assertTrue(refusal[0].getMessage().contains("can be sent or written only"), refusal[0]::getMessage);
        assertFalse(other.isInFlight());
    }

    @Test
    void theEndOfTheInputIsMinusOne() throws IOException {
        near.shutdownOutput();
        Operation receive = farOps.operation(completed::add);
        receive.receive(ByteBuffer.allocateDirect(1));
        turnUntil(1);
        assertEquals(-1, receive.result());
    }

    @Test
    void aCancelledReceiveCompletesOnce() throws IOException {
        Operation receive = farOps.operation(completed::add);
        assertFalse(receive.cancel());
        receive.receive(ByteBuffer.allocateDirect(1));
        loop.runOnce(Duration.ZERO);
        assertTrue(receive.cancel());
        turnUntil(1);
        assertThrows(CancellationException.class, receive::result);
        loop.runOnce(Duration.ZERO);
        assertEquals(1, completed.size());
    }

    @Test
    void aReceiveWithinATimeFailsWhenThatIsOver() throws IOException {
        Operation receive = farOps.operation(completed::add).within(Duration.ofMillis(20));
        receive.receive(ByteBuffer.allocateDirect(1));
        turnUntil(1);
        assertThrows(SocketTimeoutException.class, receive::result);
    }

    @Test
    void closingEndsWhatIsInFlightAndThenClosesTheSource() throws IOException {
        Operation receive = farOps.operation(completed::add);
        receive.receive(ByteBuffer.allocateDirect(1));
        loop.runOnce(Duration.ZERO);
        farOps.close();
        turnUntil(1);
        assertThrows(AsynchronousCloseException.class, receive::result);
        loop.runOnce(Duration.ZERO);
        assertFalse(far.isOpen());
        assertThrows(IllegalStateException.class, () -> receive.receive(ByteBuffer.allocateDirect(1)));
    }

    @Test
    void theEndOfTheLoopCompletesWhatIsInFlight() throws IOException {
        Operation receive = farOps.operation(completed::add);
        receive.receive(ByteBuffer.allocateDirect(1));
        loop.close();
        assertEquals(List.of(receive), completed);
        assertThrows(AsynchronousCloseException.class, receive::result);
        assertTrue(far.isOpen());
    }

    @Test
    void connectionsAreAccepted() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.configureBlocking(false);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Operations accepting = Operations.on(loop, listener);
            Operation accept = accepting.operation(completed::add);
            accept.accept();
            SocketChannel client = SocketChannel.open();
            client.configureBlocking(false);
            client.connect(listener.getLocalAddress());
            Operation connect = Operations.on(loop, client).operation(completed::add);
            connect.connect();
            turnUntil(2);
            assertEquals(0, connect.result());
            accept.accepted().close();
            client.close();
        }
    }

    @Test
    void filesAreReadAndWrittenAtOffsets(@TempDir Path folder) throws IOException {
        try (FileChannel file = FileChannel.open(
                folder.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            Operations ops = Operations.on(loop, file);
            Operation write = ops.operation(completed::add);
            Operation read = ops.operation(completed::add);
            write.write(bytes("hello"), 3);
            turnUntil(1);
            assertEquals(5, write.result());
            write.sync(true);
            turnUntil(2);
            assertEquals(0, write.result());
            ByteBuffer into = ByteBuffer.allocateDirect(10);
            read.read(into, 5);
            turnUntil(3);
            assertEquals(3, read.result());
            assertEquals("llo", text(into.flip()));
            read.read(ByteBuffer.allocateDirect(1), 8);
            turnUntil(4);
            assertEquals(-1, read.result());
        }
    }

    /** As a file with direct I/O, of whose rest that is no whole block no part can be asked for. */
    private static final class FailsInTheMiddle implements PositionalFile {

        @Override
        public int read(ByteBuffer into, long offset) throws IOException {
            if (offset > 0) {
                throw new IOException("no block begins at " + offset);
            }
            into.put(new byte[5]);
            return 5;
        }

        @Override
        public int write(ByteBuffer from, long offset) {
            throw new AssertionError("only read");
        }

        @Override
        public void force(boolean metaData) {}
    }

    @Test
    void whatWasReadBeforeAFileFailsIsTheOutcomeAndTheNextReadFails() throws IOException {
        Operations file = Operations.on(loop, new FailsInTheMiddle());
        Operation read = file.operation(completed::add);

        read.read(ByteBuffer.allocateDirect(8), 0);
        turnUntil(1);
        assertEquals(5, read.result());

        read.read(ByteBuffer.allocateDirect(8), 5);
        turnUntil(2);
        assertEquals(
                "no block begins at 5",
                assertThrows(IOException.class, read::result).getMessage());
    }

    @Test
    void aLoopRunsOnTheBestBackendThatMeetsItsRequirements() throws IOException {
        try (EventLoop chosen = EventLoop.builder()
                .requirements(Requirements.of(Capability.JAVA_CHANNELS))
                .open()) {
            assertEquals("nio", chosen.backend());
        }
        BackendUnavailableException none = assertThrows(
                BackendUnavailableException.class,
                () -> EventLoop.builder()
                        .requirements(Requirements.of(Capability.OPERATIONS))
                        .open());
        assertTrue(none.getMessage().contains("OPERATIONS"), none::getMessage);
        assertThrows(
                IllegalStateException.class,
                () -> EventLoop.builder()
                        .requirements(Requirements.none())
                        .backend("nio")
                        .open());
    }
}
