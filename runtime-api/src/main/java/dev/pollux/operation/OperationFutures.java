package dev.pollux.operation;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one source, with futures for their outcomes: straight-line code for virtual threads. For callbacks that
 * allocate nothing there is {@link Operation}.
 *
 * <p>A future completes on the loop thread when its operation has completed, and only then: until that the buffer is not the
 * caller's, whatever becomes of the thread that waits. To {@code cancel} a future, or to complete it otherwise, as
 * {@code orTimeout} does, asks the operation to end; the future still completes with the real outcome, which may be that it was
 * done. So wait for it before the buffer is used again. Waiting for one on the loop thread throws
 * {@link IllegalStateException}.
 *
 * <p>What the methods of {@link Operation} throw completes the future. They never wait for the loop.
 *
 * <p><b>Thread:</b> any.
 */
public final class OperationFutures {

    private final Operations operations;
    private final @Nullable Duration limit;

    OperationFutures(Operations operations) {
        this(operations, null);
    }

    private OperationFutures(Operations operations, @Nullable Duration limit) {
        this.operations = operations;
        this.limit = limit;
    }

    /**
     * Returns futures of operations that fail with {@link java.net.SocketTimeoutException} when they are not done within that.
     *
     * @throws IllegalArgumentException if {@code limit} is not positive
     */
    public OperationFutures within(Duration limit) {
        Operation.checkLimit(limit);
        return new OperationFutures(operations, limit);
    }

    /** Receives as {@link Operation#receive}: the number of bytes, or −1 at the end of the input. */
    public CompletableFuture<Integer> receive(ByteBuffer into) {
        return begin(operation -> operation.receive(into), Operation::result);
    }

    /** Sends as {@link Operation#send}: the number of bytes, which is all of them. */
    public CompletableFuture<Integer> send(ByteBuffer from) {
        return begin(operation -> operation.send(from), Operation::result);
    }

    /** Accepts as {@link Operation#accept}: the connection. */
    public CompletableFuture<Closeable> accept() {
        return begin(Operation::accept, Operation::accepted);
    }

    /** Waits for a connect that has begun, as {@link Operation#connect}. */
    public CompletableFuture<Void> connect() {
        return begin(Operation::connect, operation -> null);
    }

    /** Reads as {@link Operation#read}: the number of bytes, or −1 at the end of the file. */
    public CompletableFuture<Integer> read(ByteBuffer into, long offset) {
        return begin(operation -> operation.read(into, offset), Operation::result);
    }

    /** Writes as {@link Operation#write}: the number of bytes, which is all of them. */
    public CompletableFuture<Integer> write(ByteBuffer from, long offset) {
        return begin(operation -> operation.write(from, offset), Operation::result);
    }

    /** Brings what was written to the disk, as {@link Operation#sync}. */
    public CompletableFuture<Void> sync(boolean metaData) {
        return begin(operation -> operation.sync(metaData), operation -> null);
    }

    /** Returns the operations. */
    public Operations operations() {
        return operations;
    }

    private <T> CompletableFuture<T> begin(Consumer<Operation> begin, OperationFuture.Outcome<T> outcome) {
        OperationFuture<T> future = new OperationFuture<>(operations, outcome);
        future.begin(operation -> {
            if (limit != null) {
                operation.within(limit);
            }
            begin.accept(operation);
        });
        return future;
    }
}
