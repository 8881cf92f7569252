package dev.pollux.ffm.internal;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.IoUring;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.CompletionBackend;
import dev.pollux.spi.EventSink;
import dev.pollux.spi.Submission;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Watches descriptors and does operations by an io_uring(7).
 *
 * <p>What has completed before a wait is taken first: operations are reported, polls begin anew, because what they say may not
 * hold any more. What completes in the wait is reported, however much. One call into the kernel submits and waits.
 */
public final class IoUringBackend implements CompletionBackend {

    /** How long a close waits before it asks again that everything ends. */
    private static final long CLOSE_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Memory memory;
    private final Ring ring;
    private final Waker waker;
    private final RingPolls polls;
    private final RingOperations operations;
    private boolean wakeupIsPolled;

    /** Whether the wait in progress has reported an operation. */
    private boolean reported;

    private IoUringBackend(Memory memory, Ring ring, Waker waker, RingOperations operations) {
        this.memory = memory;
        this.ring = ring;
        this.waker = waker;
        this.polls = new RingPolls(ring);
        this.operations = operations;
    }

    /**
     * Opens a backend.
     *
     * @throws IOException if a system call fails; nothing stays open
     */
    public static IoUringBackend open(BackendOptions options) throws IOException {
        return open(options, Ring.Size.USUAL);
    }

    static IoUringBackend open(BackendOptions options, Ring.Size size) throws IOException {
        return open(options, size, true);
    }

    /** Opens a backend that, without {@code receivesEach}, uses nothing of Linux 6.0 and later. */
    static IoUringBackend open(BackendOptions options, Ring.Size size, boolean receivesEach) throws IOException {
        Memory memory = Memory.of(Memory.PAGE_BYTES);
        Ring ring = null;
        try {
            Errno errno = new Errno(memory);
            ring = Ring.open(size, memory, errno);
            int newest = ring.newestOperation(memory);
            if (newest < IoUring.OP_SOCKET) {
                throw Syscalls.of("io_uring_register(PROBE)", ring.fd(), Errno.ENOSYS, "this needs Linux 5.19");
            }
            RingOperations operations = new RingOperations(ring, options, receivesEach && newest >= IoUring.OP_SEND_ZC);
            return new IoUringBackend(memory, ring, EventFdWaker.open(memory, errno), operations);
        } catch (Throwable failure) {
            if (ring != null) {
                ring.close();
            }
            memory.free();
            throw failure;
        }
    }

    @Override
    public int descriptor() {
        return ring.fd();
    }

    @Override
    public void add(Object fileobj, int fd, int interest, long token) throws IOException {
        SourceCheck.foreign("poll", fd, waker.owns(fd));
        polls.add(fd, interest, token);
    }

    @Override
    public void change(Object fileobj, int fd, int interest, long token) throws IOException {
        SourceCheck.foreign("poll", fd, waker.owns(fd));
        polls.change(fd, interest, token);
    }

    @Override
    public void remove(Object fileobj, int fd, long token) {
        polls.remove(token);
    }

    @Override
    public boolean submit(Submission submission, long token) throws IOException {
        return operations.submit(submission, token);
    }

    @Override
    public void cancel(long token) {
        operations.cancel(token);
    }

    @Override
    public ByteBuffer lent(int number) {
        return operations.lent(number);
    }

    @Override
    public void giveBack(int number) {
        operations.giveBack(number);
    }

    @Override
    public int availableBuffers() {
        return operations.availableBuffers();
    }

    @Override
    public IOException failure(Submission.Kind kind, int fd, int result) {
        return RingOperations.failure(kind, fd, result);
    }

    /** Makes room if the queue is full; the wait submits what is there otherwise, in the same call. */
    @Override
    public void flush() throws IOException {
        ring.makeRoom();
    }

    @Override
    public void await(long timeoutNanos, EventSink sink) throws IOException {
        reported = false;
        try {
            takeWhatIsOld(sink);
            operations.beginCancels();
            beginPolls();
            takeWhatCompletes(ring.enter(reported ? 0 : timeoutNanos), sink);
        } catch (NativeIOException failure) {
            // What was reported is to be looked at first. The next wait fails too if the reason is still there.
            if (!reported) {
                throw failure;
            }
        }
    }

    /** Takes what has completed since the last wait. */
    private void takeWhatIsOld(EventSink sink) throws NativeIOException {
        do {
            for (int head = ring.head(), end = ring.end(); head != end; head++) {
                long userData = ring.userData(head);
                boolean goesOn = (ring.completionFlags(head) & IoUring.CQE_F_MORE) != 0;
                if (UserData.isOfOperation(userData)) {
                    report(head, userData, sink);
                } else if (userData == UserData.WAKEUP) {
                    wakeupIsPolled = false;
                } else if (userData != UserData.OF_NO_INTEREST) {
                    polls.completedEarly(userData, goesOn);
                }
                ring.take(head + 1);
            }
        } while (ring.hasBacklog() && ring.submit() >= 0);
    }

    /**
     * Takes what has completed in a wait.
     *
     * @param result of the wait
     */
    private void takeWhatCompletes(int result, EventSink sink) throws NativeIOException {
        int head = ring.head();
        int end = ring.end();
        // With something to take, the kernel may have had no room for what was to be submitted: next time.
        if (result < 0 && result != -Errno.EINTR && head == end) {
            Syscalls.check("io_uring_enter", ring.fd(), result);
        }
        boolean woken = false;
        for (; head != end; head++) {
            long userData = ring.userData(head);
            boolean goesOn = (ring.completionFlags(head) & IoUring.CQE_F_MORE) != 0;
            if (UserData.isOfOperation(userData)) {
                report(head, userData, sink);
            } else if (userData == UserData.WAKEUP) {
                woken |= ring.result(head) > 0;
                wakeupIsPolled = false;
            } else if (userData != UserData.OF_NO_INTEREST) {
                polls.completed(userData, ring.result(head), goesOn, sink);
            }
            ring.take(head + 1);
        }
        if (woken) {
            waker.consume();
        }
    }

    /** Takes the completion of an operation first, so that it is never reported twice. */
    private void report(int index, long userData, EventSink sink) {
        int result = ring.result(index);
        int flags = ring.completionFlags(index);
        ring.take(index + 1);
        reported |= operations.completed(userData, result, flags, sink);
    }

    private void beginPolls() throws NativeIOException {
        if (!wakeupIsPolled) {
            RingPolls.poll(ring, UserData.WAKEUP, waker.fd(), Events.READ);
            wakeupIsPolled = true;
        }
        polls.beginAnew();
    }

    @Override
    public void wakeup() {
        waker.wake();
    }

    @Override
    public void close() {
        endAll();
        waker.close();
        boolean done = reap();
        ring.close();
        memory.free();
        if (done) {
            operations.release();
        }
    }

    /** The kernel ends polls after the close, but when it likes, and until then a file stays open for its peer. */
    private void endAll() {
        try {
            ring.prepare(IoUring.OP_ASYNC_CANCEL, -1, UserData.OF_NO_INTEREST)
                    .operationFlags(IoUring.ASYNC_CANCEL_ALL | IoUring.ASYNC_CANCEL_ANY);
        } catch (NativeIOException full) {
            return;
        }
        ring.submit();
    }

    /**
     * Waits until every operation has completed. Returns false if the kernel does not let it wait: then the memory of the
     * operations is never freed.
     */
    private boolean reap() {
        int result = 0;
        while (true) {
            for (int head = ring.head(), end = ring.end(); head != end; head++) {
                long userData = ring.userData(head);
                if (UserData.isOfOperation(userData)) {
                    operations.discard(userData, ring.result(head), ring.completionFlags(head));
                }
                ring.take(head + 1);
            }
            if (operations.count() == 0) {
                return true;
            }
            if (result < 0 && result != -Errno.EINTR && result != -Errno.EAGAIN && result != -Errno.EBUSY) {
                return false;
            }
            endAll();
            result = ring.enter(CLOSE_STEP_NANOS);
        }
    }
}
