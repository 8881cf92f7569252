package dev.pollux.operation;

import dev.pollux.internal.selector.KernelRequest;
import dev.pollux.internal.selector.KeyedSelector;
import dev.pollux.operation.AbstractOperation.Call;
import dev.pollux.spi.CompletionBackend;
import dev.pollux.spi.KernelSource;
import dev.pollux.spi.Submission;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An operation as the kernel does it. What it leaves undone is attempted again. */
final class KernelAttempt extends KernelRequest {

    private final Operation operation;

    KernelAttempt(Operation operation) {
        this.operation = operation;
    }

    /**
     * Submits the operation, or what is left of it.
     *
     * @throws IOException if the kernel does not take it
     */
    void submit(KeyedSelector selector, Submission.Kind kind, KernelSource source) throws IOException {
        int fd = source.fd();
        if (fd < 0) {
            throw new ClosedChannelException();
        }
        Submission submission = operation.operations.all.submission;
        ByteBuffer buffer = operation.buffer;
        submission.kind = kind;
        submission.fd = fd;
        submission.buffer = buffer;
        submission.lentNumber = selector.lentNumber(operation.loan);
        submission.position = buffer == null ? 0 : buffer.position();
        submission.length = buffer == null ? 0 : buffer.remaining();
        submission.offset = operation.kind.isOfFile() ? operation.offset + operation.moved() : -1;
        try {
            selector.submit(submission, this);
        } finally {
            submission.buffer = null;
        }
    }

    @Override
    protected void completed(int result, @Nullable ByteBuffer lent, @Nullable IOException failure, boolean more) {
        if (failure != null) {
            operation.fail(failure, Call.GUARDED);
        } else if (result >= 0) {
            progressed(result, lent, more);
        } else if (operation.endReason != null) {
            operation.fail(operation.endReason, Call.GUARDED);
        } else if (result == CompletionBackend.AGAIN && !operation.kind.isOfFile()) {
            operation.awaitReadiness();
        } else if (result == CompletionBackend.NO_BUFFERS) {
            operation.awaitBuffer();
        } else {
            // A swap or the end of a thread has cancelled it.
            operation.attempt();
        }
    }

    /** Takes what the kernel has done. */
    private void progressed(int count, @Nullable ByteBuffer with, boolean more) {
        switch (operation.kind) {
            case RECEIVE -> {
                moveOn(count);
                operation.finish(count == 0 ? -1 : count, Call.GUARDED);
            }
            case READ -> {
                moveOn(count);
                if (count > 0
                        && operation.endReason == null
                        && Objects.requireNonNull(operation.buffer).hasRemaining()) {
                    // Only a count of 0 says that there is no more.
                    operation.attempt();
                } else {
                    operation.finish(operation.moved() == 0 ? -1 : operation.moved(), Call.GUARDED);
                }
            }
            case SEND, WRITE -> {
                moveOn(count);
                goOn(count);
            }
            case RECEIVE_EACH -> {
                if (with == null) {
                    operation.finish(-1, Call.GUARDED);
                } else {
                    operation.part(count, with, Call.GUARDED);
                    againUnless(more);
                }
            }
            case ACCEPT, ACCEPT_EACH -> acceptedByKernel(count, more);
            default -> operation.finish(0, Call.GUARDED);
        }
    }

    private void goOn(int count) {
        if (!Objects.requireNonNull(operation.buffer).hasRemaining()) {
            operation.finish(operation.moved(), Call.GUARDED);
        } else if (operation.endReason != null) {
            operation.fail(operation.endReason, Call.GUARDED);
        } else if (count == 0) {
            operation.fail(
                    new IOException(operation + " makes no progress: the kernel takes none of the bytes"),
                    Call.GUARDED);
        } else {
            operation.attempt();
        }
    }

    private void acceptedByKernel(int fd, boolean more) {
        try {
            operation.accepted = operation.operations.source.accepted(fd);
        } catch (IOException e) {
            // The peer has gone by now: the next one.
            againUnless(more);
            return;
        }
        if (operation.kind == Kind.ACCEPT) {
            operation.finish(0, Call.GUARDED);
        } else {
            operation.part(0, null, Call.GUARDED);
            againUnless(more);
        }
    }

    /** Begins anew what was to stay and does not. */
    private void againUnless(boolean more) {
        if (more) {
            return;
        }
        if (operation.endReason != null) {
            operation.fail(operation.endReason, Call.GUARDED);
        } else {
            operation.attempt();
        }
    }

    private void moveOn(int count) {
        ByteBuffer moving = Objects.requireNonNull(operation.buffer);
        moving.position(moving.position() + count);
    }

    @Override
    protected void discarded(int result) {
        if (result >= 0 && (operation.kind == Kind.ACCEPT || operation.kind == Kind.ACCEPT_EACH)) {
            try {
                operation.operations.source.accepted(result).close();
            } catch (IOException gone) {
                // The descriptor is closed in any case.
                return;
            }
        }
    }

    @Override
    public String toString() {
        return operation.toString();
    }
}
