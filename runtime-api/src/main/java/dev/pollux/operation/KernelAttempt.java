package dev.pollux.operation;

import dev.pollux.internal.selector.KernelRequest;
import dev.pollux.internal.selector.KeyedSelector;
import dev.pollux.spi.CompletionBackend;
import dev.pollux.spi.KernelSource;
import dev.pollux.spi.Submission;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
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
            operation.fail(failure, Operation.Call.GUARDED);
        } else if (result >= 0) {
            operation.progressed(result, lent, more);
        } else if (operation.endReason != null) {
            operation.fail(operation.endReason, Operation.Call.GUARDED);
        } else if (result == CompletionBackend.AGAIN && !operation.kind.isOfFile()) {
            operation.awaitReadiness();
        } else {
            // A swap or the end of a thread has cancelled it, or every buffer was out, which are back by now.
            operation.attempt();
        }
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
