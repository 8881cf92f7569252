package dev.pollux.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.operation.OperationFutures;
import dev.pollux.operation.Operations;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Futures of operations. */
@Timeout(60)
class OperationFuturesTest extends StreamFixture {

    private SocketChannel far;
    private OperationFutures near;

    @BeforeEach
    void connect() throws IOException {
        SocketChannel[] pair = pair();
        near = Operations.on(loop, pair[0]).futures();
        far = pair[1];
    }

    private static Throwable failure(CompletableFuture<?> future) {
        assertTrue(future.isDone());
        return assertThrows(ExecutionException.class, () -> future.get(0, TimeUnit.SECONDS))
                .getCause();
    }

    @Test
    void straightLineCodeEchoesOnAThreadOfItsOwn() throws Exception {
        loop.start();
        ByteBuffer buffer = direct(100);
        far.write(bytes("hello"));
        assertEquals(5, near.receive(buffer).get());
        assertEquals(5, near.send(buffer.flip()).join());
        far.configureBlocking(true);
        StringBuilder echo = new StringBuilder();
        assertEquals(5, read(far, echo));
        assertEquals("hello", echo.toString());
        far.shutdownOutput();
        assertEquals(-1, near.receive(buffer.clear()).join());
    }

    @Test
    void filesAreReadWrittenAndSynced(@TempDir Path folder) throws Exception {
        loop.start();
        try (FileChannel file = FileChannel.open(
                folder.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            OperationFutures futures = Operations.on(loop, file).futures();
            assertEquals(3, futures.write(direct(3).put(bytes("abc")).flip(), 2).join());
            futures.sync(true).join();
            ByteBuffer into = direct(100);
            assertEquals(5, futures.read(into, 0).join());
            assertEquals("\0\0abc", text(into.flip()));
            assertEquals(-1, futures.read(into.clear(), 5).join());
        }
    }

    @Test
    void aListenerAcceptsAndAClientConnects() throws Exception {
        loop.start();
        try (ServerSocketChannel listener = ServerSocketChannel.open();
                SocketChannel client = SocketChannel.open()) {
            listener.bind(anyPort());
            listener.configureBlocking(false);
            CompletableFuture<?> accepted =
                    Operations.on(loop, listener).futures().accept();
            client.configureBlocking(false);
            client.connect(listener.getLocalAddress());
            Operations.on(loop, client).futures().connect().join();
            assertTrue(client.isConnected());
            closedLater(assertInstanceOf(SocketChannel.class, accepted.join()));
        }
    }

    @Test
    void aFutureThatIsCancelledCompletesWithTheOutcome() throws Exception {
        ByteBuffer buffer = direct(100);
        CompletableFuture<Integer> receive = near.receive(buffer);
        settle();
        assertFalse(receive.cancel(true));
        assertFalse(receive.isDone(), "the operation has not ended yet");
        turnUntil(receive::isDone);
        assertTrue(receive.isCancelled());
        assertThrows(CancellationException.class, receive::join);

        CompletableFuture<Integer> second = near.receive(buffer);
        far.write(bytes("here"));
        settle();
        assertFalse(second.cancel(true));
        assertEquals(4, second.get());
    }

    @Test
    void aFutureThatIsCancelledBeforeItsOperationBeginsIsCancelled() throws Exception {
        CompletableFuture<Integer> receive = near.receive(direct(1));
        receive.cancel(false);
        turnUntil(receive::isDone);
        assertTrue(receive.isCancelled());
        settle();
        far.write(bytes("x"));
        CompletableFuture<Integer> next = near.receive(direct(1));
        turnUntil(next::isDone);
        assertEquals(1, next.get());
    }

    @Test
    void noOneElseCompletesAFuture() throws Exception {
        CompletableFuture<Integer> receive = near.receive(direct(100));
        settle();
        assertFalse(receive.complete(7));
        assertFalse(receive.completeExceptionally(new IOException()));
        assertFalse(receive.isDone());
        assertThrows(UnsupportedOperationException.class, () -> receive.obtrudeValue(7));
        assertThrows(UnsupportedOperationException.class, () -> receive.obtrudeException(new IOException()));
        turnUntil(receive::isDone);
        assertTrue(receive.isCancelled(), "it was asked to end");
    }

    @Test
    void aTimeLimitIsTheFailure() throws Exception {
        CompletableFuture<Integer> receive = near.within(Duration.ofSeconds(1)).receive(direct(100));
        settle();
        now += 1_000_000_000;
        turnUntil(receive::isDone);
        assertInstanceOf(SocketTimeoutException.class, failure(receive));
        assertThrows(IllegalArgumentException.class, () -> near.within(Duration.ZERO));
    }

    @Test
    void whatIsWrongWithACallCompletesItsFuture() throws Exception {
        CompletableFuture<Integer> heap = near.receive(ByteBuffer.allocate(1));
        CompletableFuture<Integer> offset = near.read(direct(1), -1);
        ByteBuffer twice = direct(1);
        CompletableFuture<Integer> first = near.receive(twice);
        CompletableFuture<Integer> second = near.receive(twice);
        settle();
        assertInstanceOf(IllegalArgumentException.class, failure(heap));
        assertInstanceOf(IllegalArgumentException.class, failure(offset));
        assertInstanceOf(IllegalStateException.class, failure(second));
        assertFalse(first.isDone());
    }

    @Test
    void closingTheSourceAndTheLoopCompletesFutures() throws Exception {
        CompletableFuture<Integer> receive = near.receive(direct(1));
        settle();
        near.operations().close();
        turnUntil(receive::isDone);
        assertInstanceOf(AsynchronousCloseException.class, failure(receive));

        OperationFutures other = Operations.on(loop, pair()[0]).futures();
        CompletableFuture<Integer> atTheEnd = other.receive(direct(1));
        settle();
        loop.close();
        assertInstanceOf(AsynchronousCloseException.class, failure(atTheEnd));
        assertInstanceOf(RejectedExecutionException.class, failure(other.receive(direct(1))));
    }

    @Test
    void theLoopThreadDoesNotWaitForAFutureNorForWhatDependsOnIt() throws Exception {
        CompletableFuture<Void> checked = new CompletableFuture<>();
        loop.execute(() -> {
            CompletableFuture<Integer> receive = near.receive(direct(1));
            assertThrows(IllegalStateException.class, receive::join);
            assertThrows(IllegalStateException.class, receive::get);
            assertThrows(IllegalStateException.class, receive.thenApply(count -> count)::join);
            checked.complete(null);
        });
        turnUntil(checked::isDone);
        assertEquals(0, failures.size());
    }
}
