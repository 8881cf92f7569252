package dev.pollux.stream;

import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent to one stream, in order. The first chunk is always on its way; what is added goes into the last one if
 * there is room, so that many short messages are sent together.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class SendQueue {

    /** Whose queue it is. */
    interface Owner {

        /** Some of the queue was sent. */
        void sent();

        /** Sending has failed. */
        void sendFailed(Throwable reason);

        /** A buffer that was taken over goes back. */
        void goesBack(ByteBuffer buffer, Sent to, @Nullable Throwable failure);
    }

    private final LoopStreams all;
    private final Owner owner;
    private final Operation sending;
    private @Nullable Chunk first;
    private @Nullable Chunk last;
    private long queued;

    SendQueue(LoopStreams all, Operations operations, Owner owner) {
        this.all = all;
        this.owner = owner;
        this.sending = operations.operation(this::completed);
    }

    /** Returns how many bytes wait, those included that are on their way. */
    long queued() {
        return queued;
    }

    boolean isEmpty() {
        return first == null;
    }

    /** Copies {@code bytes}. */
    void add(ByteBuffer bytes) {
        queued += bytes.remaining();
        Chunk filled = last;
        // The first one is the kernel's.
        if (filled != null && filled != first && filled.then == null) {
            filled.fill(bytes);
        }
        while (bytes.hasRemaining()) {
            Chunk chunk = all.take(bytes.remaining());
            chunk.fill(bytes);
            append(chunk);
        }
        begin();
    }

    /** Takes {@code bytes} over. */
    void add(ByteBuffer bytes, Sent then) {
        queued += bytes.remaining();
        append(new Chunk(bytes, then));
        begin();
    }

    private void append(Chunk chunk) {
        Chunk before = last;
        last = chunk;
        if (before == null) {
            first = chunk;
        } else {
            before.next = chunk;
        }
    }

    private void begin() {
        Chunk next = first;
        if (next != null && !sending.isInFlight() && sending.operations().isOpen()) {
            if (next.then == null) {
                next.buffer.flip();
            }
            sending.send(next.buffer);
        }
    }

    /** Returns where the sending of the first chunk has got to: what was sent has moved it. */
    int progress() {
        Chunk present = first;
        return present == null ? 0 : present.buffer.position();
    }

    private void completed(Operation operation) throws IOException {
        Throwable failure = operation.failure();
        if (failure != null) {
            owner.sendFailed(failure);
            return;
        }
        Chunk sent = remove();
        queued -= operation.result();
        begin();
        release(sent, null);
        owner.sent();
    }

    private Chunk remove() {
        Chunk removed = Objects.requireNonNull(first);
        first = removed.next;
        removed.next = null;
        if (first == null) {
            last = null;
        }
        return removed;
    }

    private void release(Chunk chunk, @Nullable Throwable failure) {
        Sent to = chunk.then;
        if (to == null) {
            all.giveBack(chunk);
        } else {
            owner.goesBack(chunk.buffer, to, failure);
        }
    }

    /** Gives everything back, unsent. Nothing is on its way any more. */
    void drop(Throwable reason) {
        queued = 0;
        while (first != null) {
            release(remove(), reason);
        }
    }
}
