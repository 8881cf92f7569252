package dev.pollux.ffm.internal;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.IoUring;
import dev.pollux.ffm.sys.Socket;
import dev.pollux.ffm.sys.Unistd;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.CompletionBackend;
import dev.pollux.spi.EventSink;
import dev.pollux.spi.Submission;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Operations in flight on an io_uring(7), by the slots of their tokens. */
final class RingOperations {

    private static final int ACCEPT_FLAGS = Socket.SOCK_NONBLOCK | Socket.SOCK_CLOEXEC;

    private final Ring ring;
    private final BackendOptions options;
    private final boolean receivesEach;
    private final PinnedBuffers buffers = new PinnedBuffers();
    private @Nullable LentBuffers lent;
    private int count;

    /** How many borrow at present, and how many did at once. */
    private int borrowers;

    private int mostBorrowers;

    // By slot.
    private long[] inFlight = new long[64]; // 0: none
    private boolean[] cancelled = new boolean[64];

    /** The slots whose operations are to be cancelled; some may have completed since. */
    private int[] toCancel = new int[64];

    private int toCancelSize;

    /**
     * Makes room for operations.
     *
     * @param receivesEach whether the kernel receives more than once into lent buffers; otherwise such an operation completes
     *     for good with its first part
     */
    RingOperations(Ring ring, BackendOptions options, boolean receivesEach) {
        this.ring = ring;
        this.options = options;
        this.receivesEach = receivesEach;
    }

    /** Returns how many have not completed for the last time. */
    int count() {
        return count;
    }

    boolean submit(Submission submission, long token) throws IOException {
        if (!ring.hasRoom()) {
            return false;
        }
        int slot = Slots.of(token);
        if (slot >= inFlight.length) {
            int length = Slots.grown(inFlight.length, slot);
            inFlight = Arrays.copyOf(inFlight, length);
            cancelled = Arrays.copyOf(cancelled, length);
        }
        if (inFlight[slot] != 0) {
            throw new IllegalStateException("slot " + slot + " has an operation in flight");
        }
        long userData = UserData.ofOperation(token, submission.kind);
        prepare(submission, slot, userData);
        inFlight[slot] = userData;
        cancelled[slot] = false;
        count++;
        if (UserData.borrows(userData)) {
            mostBorrowers = Math.max(mostBorrowers, ++borrowers);
        }
        return true;
    }

    private void prepare(Submission submission, int slot, long userData) throws IOException {
        int fd = submission.fd;
        switch (submission.kind) {
            case RECEIVE -> transfer(IoUring.OP_RECV, submission, slot, userData);
            case SEND -> transfer(IoUring.OP_SEND, submission, slot, userData).operationFlags(Socket.MSG_NOSIGNAL);
            case READ -> transfer(IoUring.OP_READ, submission, slot, userData).offset(submission.offset);
            case WRITE -> transfer(IoUring.OP_WRITE, submission, slot, userData).offset(submission.offset);
            case SYNC -> ring.prepare(IoUring.OP_FSYNC, fd, userData);
            case SYNC_DATA -> ring.prepare(IoUring.OP_FSYNC, fd, userData).operationFlags(IoUring.FSYNC_DATASYNC);
            case ACCEPT -> ring.prepare(IoUring.OP_ACCEPT, fd, userData).operationFlags(ACCEPT_FLAGS);
            case ACCEPT_EACH ->
                ring.prepare(IoUring.OP_ACCEPT, fd, userData)
                        .operationFlags(ACCEPT_FLAGS)
                        .priority(IoUring.ACCEPT_MULTISHOT);
            case RECEIVE_EACH -> {
                lend();
                ring.prepare(IoUring.OP_RECV, fd, userData)
                        .flags(IoUring.SQE_BUFFER_SELECT)
                        .priority(receivesEach ? IoUring.RECV_MULTISHOT : 0);
            }
        }
    }

    private Ring transfer(int operation, Submission submission, int slot, long userData) throws IOException {
        ByteBuffer buffer = Objects.requireNonNull(submission.buffer, "buffer");
        Objects.checkFromIndexSize(submission.position, submission.length, buffer.capacity());
        long address = submission.lentNumber < 0
                ? buffers.pin(slot, buffer)
                : Objects.requireNonNull(lent).address(submission.lentNumber);
        return ring.prepare(operation, submission.fd, userData)
                .address(address + submission.position)
                .length(submission.length);
    }

    private void lend() throws NativeIOException {
        if (lent == null) {
            lent = openLent();
        }
    }

    /** Opens fewer buffers if this user may not lock the memory of a queue for all of them. */
    private LentBuffers openLent() throws NativeIOException {
        try {
            return LentBuffers.open(ring, options.lentBuffers(), options.lentBytes());
        } catch (NativeIOException failure) {
            if (!"ENOMEM".equals(failure.errnoName()) || options.lentBuffers() <= LentBuffers.FIRST_COUNT) {
                throw failure;
            }
            return LentBuffers.open(ring, LentBuffers.FIRST_COUNT, options.lentBytes());
        }
    }

    void cancel(long token) {
        int slot = Slots.of(token);
        if (slot < inFlight.length
                && inFlight[slot] != 0
                && UserData.token(inFlight[slot]) == token
                && !cancelled[slot]) {
            cancelled[slot] = true;
            toCancel(slot);
        }
    }

    private void toCancel(int slot) {
        if (toCancelSize == toCancel.length) {
            toCancel = Arrays.copyOf(toCancel, toCancelSize * 2);
        }
        toCancel[toCancelSize++] = slot;
    }

    /** Asks the kernel to end what is to be cancelled and has not completed. */
    void beginCancels() throws NativeIOException {
        while (toCancelSize > 0) {
            int slot = toCancel[toCancelSize - 1];
            if (inFlight[slot] != 0 && cancelled[slot]) {
                ring.prepare(IoUring.OP_ASYNC_CANCEL, -1, UserData.ofCancel(inFlight[slot]))
                        .flags(IoUring.SQE_CQE_SKIP_SUCCESS)
                        .address(inFlight[slot]);
            }
            toCancelSize--;
        }
    }

    /** Takes what has completed, and reports it if it is an operation. Returns whether it is. */
    boolean completed(long userData, int result, int flags, EventSink sink) {
        int slot = UserData.slot(userData);
        if (UserData.isOfCancel(userData)) {
            // An operation that moves from one thread of the kernel to another is not found for a moment.
            if (result == -Errno.ENOENT && inFlight[slot] == UserData.cancelled(userData) && cancelled[slot]) {
                toCancel(slot);
            }
            return false;
        }
        boolean isAskedToEnd = cancelled[slot];
        boolean goesOn = ended(userData, flags);
        int reported = goesOn ? CompletionBackend.MORE : 0;
        if ((flags & IoUring.CQE_F_BUFFER) != 0 && lent != null) {
            int number = flags >>> IoUring.CQE_BUFFER_SHIFT;
            lent.taken(number);
            if (result > 0) {
                reported |= CompletionBackend.LENT | number << IoUring.CQE_BUFFER_SHIFT;
            } else {
                lent.giveBack(number);
            }
        }
        int outcome = toReport(userData, result, isAskedToEnd);
        if (outcome == CompletionBackend.NO_BUFFERS && lent != null) {
            lent.enough(mostBorrowers);
        }
        sink.completed(UserData.token(userData), outcome, reported);
        return true;
    }

    /** Notes a completion. Returns whether it is not the last one of its operation. */
    private boolean ended(long userData, int flags) {
        if ((flags & IoUring.CQE_F_MORE) != 0) {
            return true;
        }
        int slot = UserData.slot(userData);
        inFlight[slot] = 0;
        cancelled[slot] = false;
        buffers.unpin(slot);
        count--;
        if (UserData.borrows(userData)) {
            borrowers--;
        }
        return false;
    }

    private static int toReport(long userData, int result, boolean isAskedToEnd) {
        if (result >= 0) {
            return result;
        }
        if (result == -Errno.ECANCELED) {
            return CompletionBackend.CANCELLED;
        }
        if (result == -Errno.EAGAIN || result == -Errno.EINTR) {
            // A blocking call of a thread of the kernel is interrupted to cancel it.
            return isAskedToEnd ? CompletionBackend.CANCELLED : CompletionBackend.AGAIN;
        }
        return result == -Errno.ENOBUFS && UserData.borrows(userData) ? CompletionBackend.NO_BUFFERS : result;
    }

    /** Takes what has completed, and reports it to no one. An accepted connection has no owner then. */
    void discard(long userData, int result, int flags) {
        if (!UserData.isOfCancel(userData)) {
            ended(userData, flags);
            if (UserData.accepts(userData) && result >= 0) {
                Unistd.close(result);
            }
        }
    }

    ByteBuffer lent(int number) {
        return Objects.requireNonNull(lent, "lent").get(number);
    }

    void giveBack(int number) {
        Objects.requireNonNull(lent, "lent").giveBack(number);
    }

    int availableBuffers() {
        return lent == null ? options.lentBuffers() : lent.available();
    }

    /** The kernel is done with the memory of all operations. */
    void release() {
        buffers.release();
        if (lent != null) {
            lent.close();
        }
    }

    /** Returns what a result says that is none to report otherwise. */
    static IOException failure(Submission.Kind kind, int fd, int result) {
        String call = switch (kind) {
            case RECEIVE, RECEIVE_EACH -> "recv";
            case SEND -> "send";
            case READ -> "read";
            case WRITE -> "write";
            case SYNC -> "fsync";
            case SYNC_DATA -> "fdatasync";
            case ACCEPT, ACCEPT_EACH -> "accept4";
        };
        return Syscalls.of(call, fd, -result);
    }
}
