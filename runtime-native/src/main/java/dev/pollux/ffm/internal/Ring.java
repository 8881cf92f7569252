package dev.pollux.ffm.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.IoUring;
import dev.pollux.ffm.sys.IoUring.Cqe;
import dev.pollux.ffm.sys.IoUring.GetEvents;
import dev.pollux.ffm.sys.IoUring.Params;
import dev.pollux.ffm.sys.IoUring.Probe;
import dev.pollux.ffm.sys.IoUring.Sqe;
import dev.pollux.ffm.sys.Mman;
import dev.pollux.ffm.sys.Timespec;
import dev.pollux.ffm.sys.Unistd;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * An io_uring(7): a queue of submissions that the kernel takes from, and one of completions that it puts into. Both are
 * memory shared with the kernel, so indices are read with acquire and written with release.
 *
 * <p><b>Thread:</b> one at a time.
 */
final class Ring {

    private static final VarHandle INDEX = JAVA_INT.varHandle().withInvokeExactBehavior();

    /** How many entries each queue has, rounded up to a power of two by the kernel. */
    record Size(int submissions, int completions) {

        /**
         * Room for what some thousand connections do between two waits, in a third of a MiB. More completions than this at
         * once stay in the kernel until there is room, which costs more: none is lost (IORING_FEAT_NODROP).
         */
        static final Size USUAL = new Size(1_024, 16_384);

        /** What is left to a user who may lock little memory (RLIMIT_MEMLOCK): it does the same, with more calls. */
        static final Size SMALL = new Size(64, 256);
    }

    /** How often a ring is tried again that finds no memory, with pauses that double: for some 60 milliseconds. */
    private static final int TRIES = 6;

    private static final long FIRST_PAUSE_NANOS = 1_000_000;

    private static final int NEEDED = IoUring.FEAT_SINGLE_MMAP | IoUring.FEAT_NODROP | IoUring.FEAT_EXT_ARG;

    private final int fd;
    private final Errno errno;
    private final MemorySegment queues;
    private final MemorySegment sqes;
    private final MemorySegment getEvents;
    private final MemorySegment timeout;

    private final int submissionMask;
    private final long submissionHead;
    private final long submissionTail;
    private final long submissionFlags;
    private final int completionMask;
    private final long completionHead;
    private final long completionTail;
    private final long completions;

    /** The next entry to fill in. The kernel learns of it with the next {@link #enter}. */
    private int tail;

    /** Where the entry begins that is being filled in. */
    private long entry;

    private Ring(int fd, MemorySegment params, MemorySegment queues, MemorySegment sqes, Memory memory, Errno errno) {
        this.fd = fd;
        this.errno = errno;
        this.queues = queues;
        this.sqes = sqes;
        submissionHead = offset(params, Params.SQ_HEAD);
        submissionTail = offset(params, Params.SQ_TAIL);
        submissionFlags = offset(params, Params.SQ_FLAGS);
        submissionMask = queues.get(JAVA_INT, offset(params, Params.SQ_RING_MASK));
        completionHead = offset(params, Params.CQ_HEAD);
        completionTail = offset(params, Params.CQ_TAIL);
        completionMask = queues.get(JAVA_INT, offset(params, Params.CQ_RING_MASK));
        completions = offset(params, Params.CQ_CQES);
        timeout = memory.allocate(Timespec.BYTES, Long.BYTES);
        getEvents = memory.allocate(GetEvents.BYTES, Long.BYTES);
        getEvents.set(JAVA_LONG, GetEvents.TIMEOUT, timeout.address());
        long array = offset(params, Params.SQ_ARRAY);
        for (int i = 0; i <= submissionMask; i++) {
            queues.set(JAVA_INT, array + (long) i * Integer.BYTES, i);
        }
    }

    private static long offset(MemorySegment params, long of) {
        return Integer.toUnsignedLong(params.get(JAVA_INT, of));
    }

    /**
     * Opens one.
     *
     * @param memory for what lives as long as the ring
     * @throws NativeIOException if the kernel has none, or not all that is needed of it; nothing stays open
     */
    static Ring open(Size size, Memory memory, Errno errno) throws NativeIOException {
        MemorySegment params = memory.allocate(Params.BYTES, Long.BYTES);
        int fd = Syscalls.check("io_uring_setup", -1, setUp(size, params, errno));
        MemorySegment queues = MemorySegment.NULL;
        MemorySegment sqes = MemorySegment.NULL;
        try {
            if ((params.get(JAVA_INT, Params.FEATURES) & NEEDED) != NEEDED) {
                throw Syscalls.of("io_uring_setup", fd, Errno.ENOSYS, "this needs Linux 5.19");
            }
            long submissionBytes =
                    offset(params, Params.SQ_ARRAY) + (long) params.get(JAVA_INT, Params.SQ_ENTRIES) * Integer.BYTES;
            long completionBytes = offset(params, Params.CQ_CQES) + params.get(JAVA_INT, Params.CQ_ENTRIES) * Cqe.BYTES;
            queues = map(fd, IoUring.OFF_SQ_RING, Math.max(submissionBytes, completionBytes), errno);
            sqes = map(fd, IoUring.OFF_SQES, params.get(JAVA_INT, Params.SQ_ENTRIES) * Sqe.BYTES, errno);
            return new Ring(fd, params, queues, sqes, memory, errno);
        } catch (Throwable failure) {
            release(fd, queues, sqes);
            throw failure;
        }
    }

    /** Tries again with less where memory is short, and for a moment: that of a closed ring is freed some time after the close. */
    private static int setUp(Size size, MemorySegment params, Errno errno) {
        int fd = setUpOnce(size, params, errno);
        for (int i = 0; fd == -Errno.ENOMEM && i < TRIES; i++) {
            LockSupport.parkNanos(i == 0 ? 0 : FIRST_PAUSE_NANOS << i);
            fd = setUpOnce(size.submissions() < Size.SMALL.submissions() ? size : Size.SMALL, params, errno);
        }
        return fd;
    }

    private static int setUpOnce(Size size, MemorySegment params, Errno errno) {
        params.fill((byte) 0);
        params.set(
                JAVA_INT,
                Params.FLAGS,
                IoUring.SETUP_CQSIZE | IoUring.SETUP_CLAMP | IoUring.SETUP_SUBMIT_ALL | IoUring.SETUP_COOP_TASKRUN);
        params.set(JAVA_INT, Params.CQ_ENTRIES, size.completions());
        return IoUring.setup(size.submissions(), params, errno);
    }

    private static MemorySegment map(int fd, long offset, long bytes, Errno errno) throws NativeIOException {
        long address = Mman.mapShared(fd, offset, bytes, errno);
        if (address < 0) {
            throw Syscalls.of("mmap(io_uring)", fd, (int) -address);
        }
        return Mman.at(address, bytes);
    }

    /** Returns the newest operation of the kernel. */
    int newestOperation(Memory memory) throws NativeIOException {
        MemorySegment probe = memory.allocate(Probe.BYTES, Long.BYTES);
        register("io_uring_register(PROBE)", IoUring.REGISTER_PROBE, probe, Probe.MOST_OPS);
        return Byte.toUnsignedInt(probe.get(JAVA_BYTE, Probe.LAST_OP));
    }

    void register(String call, int opcode, MemorySegment argument, int count) throws NativeIOException {
        Syscalls.check(call, fd, IoUring.register(fd, opcode, argument, count, errno));
    }

    int fd() {
        return fd;
    }

    /** Returns whether a submission can begin before the kernel has taken others. */
    boolean hasRoom() {
        return unsubmitted() <= submissionMask;
    }

    /**
     * Makes room for a submission.
     *
     * @throws NativeIOException if the queue is full and the kernel takes nothing from it
     */
    void makeRoom() throws NativeIOException {
        if (!hasRoom()) {
            Syscalls.check("io_uring_enter", fd, submit());
            if (!hasRoom()) {
                throw Syscalls.of("io_uring_enter", fd, Errno.EAGAIN, "the kernel takes no submission");
            }
        }
    }

    /**
     * Begins a submission; what is not set is 0.
     *
     * @throws NativeIOException as {@link #makeRoom}
     */
    Ring prepare(int operation, int fd, long userData) throws NativeIOException {
        makeRoom();
        entry = (tail & submissionMask) * Sqe.BYTES;
        for (long at = 0; at < Sqe.BYTES; at += Long.BYTES) {
            sqes.set(JAVA_LONG, entry + at, 0);
        }
        sqes.set(JAVA_BYTE, entry + Sqe.OPCODE, (byte) operation);
        sqes.set(JAVA_INT, entry + Sqe.FD, fd);
        sqes.set(JAVA_LONG, entry + Sqe.USER_DATA, userData);
        tail++;
        return this;
    }

    Ring flags(int flags) {
        sqes.set(JAVA_BYTE, entry + Sqe.FLAGS, (byte) flags);
        return this;
    }

    Ring priority(int ioprio) {
        sqes.set(JAVA_SHORT, entry + Sqe.IOPRIO, (short) ioprio);
        return this;
    }

    Ring offset(long offset) {
        sqes.set(JAVA_LONG, entry + Sqe.OFF, offset);
        return this;
    }

    Ring address(long address) {
        sqes.set(JAVA_LONG, entry + Sqe.ADDR, address);
        return this;
    }

    Ring length(int length) {
        sqes.set(JAVA_INT, entry + Sqe.LEN, length);
        return this;
    }

    Ring operationFlags(int flags) {
        sqes.set(JAVA_INT, entry + Sqe.OP_FLAGS, flags);
        return this;
    }

    private int unsubmitted() {
        return tail - (int) INDEX.getAcquire(queues, submissionHead);
    }

    /** Submits what was prepared, and completes what can be by now. Returns how much was, or a negated error number. */
    int submit() {
        INDEX.setRelease(queues, submissionTail, tail);
        return IoUring.submit(fd, unsubmitted(), IoUring.ENTER_GETEVENTS, errno);
    }

    /**
     * Submits what was prepared and waits for a completion, unless there is one.
     *
     * @return the number submitted, or a negated error number
     */
    int enter(long timeoutNanos) {
        INDEX.setRelease(queues, submissionTail, tail);
        int least = timeoutNanos <= 0 || isCompleted() ? 0 : 1;
        // Allocates nothing but does not say why it fails. To submit again does not wait: after a signal it finds what
        // has completed by now, and every other failure is repeated.
        int result = enter(least, timeoutNanos);
        return result >= 0 || isCompleted() ? result : submit();
    }

    private int enter(int least, long timeoutNanos) {
        int flags = IoUring.ENTER_GETEVENTS;
        if (least == 0 || timeoutNanos == Long.MAX_VALUE) {
            return IoUring.enter(fd, unsubmitted(), least, flags, IoUring.NO_ARGUMENT, 0);
        }
        Timespec.set(timeout, timeoutNanos);
        return IoUring.enter(
                fd, unsubmitted(), least, flags | IoUring.ENTER_EXT_ARG, getEvents.address(), GetEvents.BYTES);
    }

    private boolean isCompleted() {
        return head() != (int) INDEX.getAcquire(queues, completionTail) || hasBacklog();
    }

    /** Returns whether the kernel keeps completions for which there was no room. */
    boolean hasBacklog() {
        return ((int) INDEX.getOpaque(queues, submissionFlags) & IoUring.SQ_CQ_OVERFLOW) != 0;
    }

    /** Returns the index of the first completion that was not taken. */
    int head() {
        return queues.get(JAVA_INT, completionHead);
    }

    /** Returns the index after the last completion. */
    int end() {
        return (int) INDEX.getAcquire(queues, completionTail);
    }

    /** Frees the room of all completions before {@code head}. */
    void take(int head) {
        INDEX.setRelease(queues, completionHead, head);
    }

    long userData(int index) {
        return queues.get(JAVA_LONG, at(index) + Cqe.USER_DATA);
    }

    int result(int index) {
        return queues.get(JAVA_INT, at(index) + Cqe.RES);
    }

    /** Returns the flags of a completion. */
    int completionFlags(int index) {
        return queues.get(JAVA_INT, at(index) + Cqe.FLAGS);
    }

    private long at(int index) {
        return completions + (index & completionMask) * Cqe.BYTES;
    }

    void close() {
        release(fd, queues, sqes);
    }

    private static void release(int fd, MemorySegment queues, MemorySegment sqes) {
        if (!sqes.equals(MemorySegment.NULL)) {
            Mman.unmap(sqes);
        }
        if (!queues.equals(MemorySegment.NULL)) {
            Mman.unmap(queues);
        }
        Unistd.close(fd);
    }
}
