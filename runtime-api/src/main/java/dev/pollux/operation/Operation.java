package dev.pollux.operation;

import dev.pollux.spi.Timeouts;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Something to be done to a source: by the kernel, if the loop's backend is one that does operations, else by the loop when the
 * source is ready, or, for a file, on another thread. The outcome is the same.
 *
 * <p>One object does one operation after the other, and allocates nothing for each. From the call that begins an operation to
 * its completion, the buffer is not the caller's: do not read, change or reuse it. Buffers are direct.
 *
 * <p>Operations of one source that take something in are done in the order they began, and so are those that give something
 * out. Those of a file, which say where, are done all at once.
 *
 * <p><b>Thread:</b> any, as {@link dev.pollux.loop.Registration}; the outcome is for the thread of the completion.
 */
public final class Operation extends AbstractOperation {

    private @Nullable Object attachment;

    Operation(Operations operations, Completion then) {
        super(operations, then);
    }

    // Beginning.

    /**
     * Receives into the remaining room of {@code into} what comes first, and moves its position on. The result is the number of
     * bytes, or −1 at the end of the input.
     *
     * @throws IllegalArgumentException if the buffer is on the heap, read-only or has no room
     * @throws IllegalStateException if this operation or the buffer is in use, or the source is closed
     * @throws UnsupportedOperationException if nothing can be received from the source
     */
    public void receive(ByteBuffer into) {
        checkWritable(into);
        begin(Kind.RECEIVE, into, 0);
    }

    /**
     * Receives again and again, each time into a buffer that is lent for the completion: see {@link #lent}. Goes on until the
     * end of the input, where the result is −1, a failure or {@link #cancel}.
     *
     * <p>What is not handled in time stays in the kernel, which slows the sender down.
     *
     * @throws IllegalStateException as {@link #receive}
     * @throws UnsupportedOperationException as {@link #receive}
     */
    public void receiveEach() {
        begin(Kind.RECEIVE_EACH, null, 0);
    }

    /**
     * Sends all the remaining bytes of {@code from}, and moves its position on. The result is their number. After a failure the
     * position says how many were taken by the kernel.
     *
     * <p>What is {@link #lent} may be sent too: it belongs to this operation from then on, and need not be copied.
     *
     * @throws IllegalArgumentException if the buffer is on the heap
     * @throws IllegalStateException as {@link #receive}
     * @throws UnsupportedOperationException if nothing can be sent to the source
     */
    public void send(ByteBuffer from) {
        checkDirect(from);
        begin(Kind.SEND, from, 0);
    }

    /**
     * Accepts a connection, which {@link #accepted} returns; non-blocking, and the caller's to close.
     *
     * @throws IllegalStateException as {@link #receive}
     * @throws UnsupportedOperationException if the source is no listener
     */
    public void accept() {
        begin(Kind.ACCEPT, null, 0);
    }

    /**
     * Accepts connections one after the other, until a failure or {@link #cancel}. If descriptors run out, it fails; begin it
     * again some time later.
     *
     * @throws IllegalStateException as {@link #receive}
     * @throws UnsupportedOperationException as {@link #accept}
     */
    public void acceptEach() {
        begin(Kind.ACCEPT_EACH, null, 0);
    }

    /**
     * Waits for the outcome of a connect that has begun. The result is 0.
     *
     * @throws IllegalStateException as {@link #receive}
     * @throws UnsupportedOperationException if the source is not one that connects
     */
    public void connect() {
        begin(Kind.CONNECT, null, 0);
    }

    /**
     * Reads from a file what is at {@code offset}, as much as there is and has room in {@code into}, and moves the position of
     * that on. The result is the number of bytes, or −1 at or after the end of the file.
     *
     * @throws IllegalArgumentException if {@code offset} is negative, or the buffer on the heap, read-only or without room
     * @throws IllegalStateException as {@link #receive}
     * @throws UnsupportedOperationException if the source is no file
     */
    public void read(ByteBuffer into, long offset) {
        checkWritable(into);
        checkOffset(offset);
        begin(Kind.READ, into, offset);
    }

    /**
     * Writes all the remaining bytes of {@code from} to a file from {@code offset} on, and moves the position on. The result is
     * their number. What is {@link #lent} may be written too, as by {@link #send}.
     *
     * @throws IllegalArgumentException if {@code offset} is negative, or the buffer on the heap
     * @throws IllegalStateException as {@link #receive}
     * @throws UnsupportedOperationException if the source is no file
     */
    public void write(ByteBuffer from, long offset) {
        checkDirect(from);
        checkOffset(offset);
        begin(Kind.WRITE, from, offset);
    }

    /**
     * Brings what was written to the file by operations that have completed to the disk. The result is 0.
     *
     * @param metaData whether also what is not needed to read the data again, such as times (fsync(2), else fdatasync(2))
     * @throws IllegalStateException as {@link #receive}
     * @throws UnsupportedOperationException if the source is no file
     */
    public void sync(boolean metaData) {
        begin(metaData ? Kind.SYNC : Kind.SYNC_DATA, null, 0);
    }

    /**
     * Limits the time of the operations that begin from now on: one that is not done by then fails with
     * {@link SocketTimeoutException}. For one that stays, each part begins a new time.
     *
     * @param limit from the beginning on, never shorter; {@code Duration.ofSeconds(Long.MAX_VALUE)} for no
     *     limit, which is how it begins
     * @return this
     * @throws IllegalArgumentException if {@code limit} is not positive
     */
    public Operation within(Duration limit) {
        checkLimit(limit);
        limitNanos = Timeouts.nanos(limit);
        return this;
    }

    static void checkLimit(Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("limit " + limit + " is not positive");
        }
    }

    private static void checkDirect(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException(
                    buffer + " is on the heap, where the kernel cannot reach it; use ByteBuffer.allocateDirect");
        }
    }

    private static void checkWritable(ByteBuffer buffer) {
        checkDirect(buffer);
        if (buffer.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        if (!buffer.hasRemaining()) {
            throw new IllegalArgumentException(buffer + " has no room; clear or compact it");
        }
    }

    private static void checkOffset(long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset " + offset + " is negative; files begin at 0");
        }
    }

    /**
     * Asks to end the operation. Its completion comes all the same, and until then the buffer is not the caller's: with what
     * was done if it was done by then, else {@link #result} throws {@link CancellationException}. Bytes that were sent or
     * written before that have moved the buffer's position. What another thread does to a file is not stopped in the middle.
     *
     * @return whether it was not done yet
     */
    public boolean cancel() {
        if (operations.all.core.inLoop()) {
            return end(new CancellationException(this + " was cancelled"));
        }
        boolean[] ended = new boolean[1];
        operations.onLoop(() -> ended[0] = end(new CancellationException(this + " was cancelled")));
        return ended[0];
    }

    // The outcome.

    /**
     * Returns what the operation has come to: the number of bytes, −1 at the end of an input or a file, or 0.
     *
     * @throws CancellationException if it was cancelled
     * @throws SocketTimeoutException if its time was over
     * @throws java.nio.channels.AsynchronousCloseException if the source or the loop was closed
     * @throws IOException if it failed otherwise
     * @throws IllegalStateException if it is in flight, or was never begun
     */
    public int result() throws IOException {
        if (kind == Kind.NONE || (state != State.IDLE && !goesOn)) {
            throw new IllegalStateException(this + " has no result yet");
        }
        Throwable thrown = failure;
        if (thrown == null) {
            return result;
        }
        if (thrown instanceof IOException io) {
            throw io;
        }
        if (thrown instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        throw (Error) thrown;
    }

    /** Returns what it failed with, or null. */
    public @Nullable Throwable failure() {
        return failure;
    }

    /** Returns, within the completion of an operation that stays, whether another one will come. */
    public boolean goesOn() {
        return goesOn;
    }

    /**
     * Returns what was received by {@link #receiveEach}, from its position to its limit. It may be read and changed until the
     * completion returns or another operation sends or writes it, and is not the caller's after that: copy what is to be kept.
     *
     * @throws IllegalStateException outside of such a completion, or once another operation has it
     */
    public ByteBuffer lent() {
        ByteBuffer present = lent;
        if (present == null) {
            throw new IllegalStateException(this + " lends no buffer now; it does in the completions of receiveEach");
        }
        if (operations.all.loans.isTakenOver()) {
            throw new IllegalStateException(
                    "what " + this + " had lent belongs to an operation that sends or writes it");
        }
        return present;
    }

    /**
     * Returns the connection that was accepted: a {@link java.nio.channels.SocketChannel}, or what the listener's own accept
     * returns.
     *
     * @throws IllegalStateException if none was
     */
    public Closeable accepted() {
        Closeable present = accepted;
        if (present == null) {
            throw new IllegalStateException(this + " has accepted no connection");
        }
        return present;
    }

    /** Returns whether it was begun and its last completion has not been called. */
    public boolean isInFlight() {
        return state != State.IDLE;
    }

    /** Returns the buffer of the last operation; null if it had none, or one that was lent and has gone back. */
    public @Nullable ByteBuffer buffer() {
        return buffer;
    }

    /** Returns the operations it belongs to. */
    public Operations operations() {
        return operations;
    }

    /** Returns what was attached last, or null. */
    public @Nullable Object attachment() {
        return attachment;
    }

    /** Attaches {@code attachment}, which the loop never reads. */
    public void attach(@Nullable Object attachment) {
        this.attachment = attachment;
    }

    @Override
    public String toString() {
        return "Operation[" + kind + ", " + operations.source + ", " + state + "]";
    }
}
