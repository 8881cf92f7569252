package dev.pollux.operation;

import dev.pollux.internal.selector.KeyedSelector;
import dev.pollux.spi.BackendOptions;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The buffer that is lent to a completion at present, and those that operations have taken over from completions. Where the
 * kernel lends none, the loop lends its own.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class Loans {

    /** No loan: the buffer is the caller's. */
    static final long NONE = KeyedSelector.NO_LOAN;

    /** The buffer is the loop's own. */
    private static final long OWN = -1;

    /** How many of its own the loop keeps at most that no one uses. */
    private static final int MOST_SPARES = 256;

    private final @Nullable KeyedSelector selector;
    private final BackendOptions options;
    private final ArrayDeque<ByteBuffer> spares = new ArrayDeque<>();

    /** Received into where the kernel lends none; taken from the spares. */
    private @Nullable ByteBuffer own;

    private @Nullable ByteBuffer borrowed;
    private boolean isTakenOver;

    Loans(@Nullable KeyedSelector selector) {
        this.selector = selector;
        this.options = selector == null ? BackendOptions.defaults() : selector.options();
    }

    /** Returns an empty buffer of the loop's own to receive into. */
    ByteBuffer own() {
        ByteBuffer present = own;
        if (present == null) {
            present = spare();
            own = present;
        }
        return present.clear();
    }

    private ByteBuffer spare() {
        ByteBuffer spare = spares.pollLast();
        return spare == null ? ByteBuffer.allocateDirect(options.lentBytes()) : spare.clear();
    }

    /** Lends {@code buffer} to a completion, or nothing if that is null. */
    void begin(@Nullable ByteBuffer buffer) {
        borrowed = buffer;
        isTakenOver = false;
    }

    /** The completion has returned. */
    void end() {
        begin(null);
    }

    boolean isBorrowed(ByteBuffer buffer) {
        return buffer == borrowed;
    }

    /** Returns whether what is borrowed belongs to an operation by now. */
    boolean isTakenOver() {
        return isTakenOver;
    }

    /**
     * Gives {@code by} what is borrowed, or a copy if so much was taken over that the rest is needed to receive.
     *
     * @throws IllegalStateException if another operation has it
     */
    void takeOver(Operation by) {
        ByteBuffer lent = borrowed;
        if (lent == null || isTakenOver) {
            throw new IllegalStateException(
                    lent + " was given to an operation in this completion; a copy can be given to another one");
        }
        isTakenOver = true;
        if (lent == own) {
            own = null;
            by.buffer = lent;
            by.loan = OWN;
            return;
        }
        long kept = selector == null ? NONE : selector.keepLent();
        by.buffer = kept == NONE ? copy(lent) : lent;
        by.loan = kept == NONE ? OWN : kept;
    }

    private ByteBuffer copy(ByteBuffer bytes) {
        ByteBuffer copy =
                bytes.remaining() <= options.lentBytes() ? spare() : ByteBuffer.allocateDirect(bytes.remaining());
        return copy.put(bytes.duplicate()).flip();
    }

    /** Takes back what {@code from} had taken over. */
    void giveBack(Operation from) {
        ByteBuffer buffer = from.buffer;
        long loan = from.loan;
        from.buffer = null;
        from.loan = NONE;
        if (loan != OWN) {
            if (selector != null) {
                selector.giveBackLent(loan);
            }
        } else if (buffer != null
                && buffer.capacity() == options.lentBytes()
                && spares.size() < Math.min(MOST_SPARES, options.lentBuffers())) {
            spares.addLast(buffer);
        }
    }
}
