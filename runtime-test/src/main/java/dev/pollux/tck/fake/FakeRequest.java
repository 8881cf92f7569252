package dev.pollux.tck.fake;

import dev.pollux.Events;
import dev.pollux.spi.Submission;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** An operation that a kernel in memory does. Guarded by the kernel's lock. */
final class FakeRequest {

    static final int NOT_YET = Integer.MAX_VALUE;
    static final int EPIPE = 32;
    private static final int EBADF = 9;
    private static final int EINVAL = 22;

    final Submission.Kind kind;
    final long token;
    boolean begun;
    boolean cancelled;

    private final FakeKernel kernel;
    private final @Nullable OpenFile file;
    private final ByteBuffer buffer;
    private final int position;
    private final int length;
    private final long offset;

    FakeRequest(Submission submission, long token, FakeKernel kernel) {
        this.kind = submission.kind;
        this.token = token;
        this.kernel = kernel;
        OpenFile found = find(kernel, submission.fd);
        this.file = found;
        if (found != null) {
            // It stays open for as long as the request does, as in any kernel.
            found.hold();
        }
        // The memory, not the object: whose position and limit are the caller's.
        this.buffer = submission.buffer == null
                ? ByteBuffer.allocate(0)
                : submission.buffer.duplicate().clear();
        this.position = submission.position;
        this.length = submission.length;
        this.offset = submission.offset;
    }

    private static @Nullable OpenFile find(FakeKernel kernel, int fd) {
        try {
            return kernel.file("submit", fd);
        } catch (IOException closed) {
            return null;
        }
    }

    /** Does it, or {@code most} bytes of it. Returns the result, or {@link #NOT_YET}. */
    int attempt(int most) {
        OpenFile of = file;
        if (of == null) {
            return -EBADF;
        }
        return switch (kind) {
            case RECEIVE -> receive(of, buffer.duplicate().position(position), Math.min(length, most));
            case READ ->
                offset < 0
                        ? receive(of, buffer.duplicate().position(position), Math.min(length, most))
                        : readAt(of, Math.min(length, most));
            case SEND -> send(of, Math.min(length, most));
            case WRITE -> offset < 0 ? send(of, Math.min(length, most)) : writeAt(of, Math.min(length, most));
            case SYNC, SYNC_DATA -> 0;
            case ACCEPT, ACCEPT_EACH -> accept(of);
            case RECEIVE_EACH -> -EINVAL;
        };
    }

    /** Lets go of the file. */
    void end() {
        if (file != null && file.release()) {
            kernel.changed.signalAll();
        }
    }

    /** Returns whether there is something to receive, be it the end or a failure. */
    boolean isReady() {
        return file == null || (file.ready() & Events.READ) != 0;
    }

    /** Receives from position 0 of {@code into}. */
    int receive(ByteBuffer into, int most) {
        return file == null ? -EBADF : receive(file, into.duplicate().clear(), most);
    }

    private int receive(OpenFile of, ByteBuffer into, int most) {
        byte[] bytes = new byte[most];
        int count = of.read(bytes);
        if (count == 0 && most > 0) {
            return NOT_YET;
        }
        if (count > 0) {
            into.put(bytes, 0, count);
            kernel.changed.signalAll();
        }
        return Math.max(0, count);
    }

    private int send(OpenFile of, int most) {
        byte[] bytes = new byte[most];
        buffer.duplicate().position(position).get(bytes);
        int count = of.writes() ? of.write(bytes) : -1;
        if (count < 0) {
            return -EPIPE;
        }
        if (count == 0 && most > 0) {
            return NOT_YET;
        }
        kernel.changed.signalAll();
        return count;
    }

    private int readAt(OpenFile of, int most) {
        byte[] bytes = new byte[most];
        int count = of.readAt(bytes, offset);
        if (count > 0) {
            buffer.duplicate().position(position).put(bytes, 0, count);
        }
        return Math.max(0, count);
    }

    private int writeAt(OpenFile of, int most) {
        byte[] bytes = new byte[most];
        buffer.duplicate().position(position).get(bytes);
        int count = of.writeAt(bytes, offset);
        return count < 0 ? -EINVAL : count;
    }

    private int accept(OpenFile of) {
        if (!of.listens()) {
            return -EINVAL;
        }
        int fd = kernel.accepted(of);
        return fd < 0 ? NOT_YET : fd;
    }
}
