package dev.pollux.ffm.internal;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.IoUring;
import dev.pollux.ffm.sys.Poll;
import dev.pollux.spi.Backend;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.util.Arrays;

/**
 * Watches descriptors with polls on an io_uring(7). A poll for a level completes once, and begins anew with the next wait,
 * where it completes at once if the source is still ready. One for an edge goes on by itself.
 *
 * <p>A poll may also complete between two waits, and what it says may not hold any more by the next one. So each wait first
 * takes what has completed before it and begins those polls anew; what completes then is reported, however much.
 *
 * <p>A poll holds the file that it polls. So polls begin and end at once, not with the next wait: a file that is closed
 * after its removal is closed for its peer too.
 */
public final class IoUringBackend implements Backend {

    // What completes, if not a poll of a source: the high half of those is never 0.
    private static final long WAKEUP = 0;
    private static final long OF_NO_INTEREST = 1;

    private final Memory memory;
    private final Ring ring;
    private final Waker waker;
    private boolean wakeupIsPolled;

    /** Numbers the polls, so that a completion that comes too late has a number that its slot has no longer. Never 0. */
    private int lastNumber;

    // By slot.
    private long[] tokens = new long[64];
    private int[] fds = new int[64];
    private int[] events = new int[64];
    private int[] numbers = new int[64];
    private boolean[] polled = new boolean[64];

    /** The slots whose polls begin with the next wait; some may have begun or ended since. */
    private int[] toPoll = new int[64];

    private int toPollSize;

    private IoUringBackend(Memory memory, Ring ring, Waker waker) {
        this.memory = memory;
        this.ring = ring;
        this.waker = waker;
    }

    /**
     * Opens a backend.
     *
     * @throws IOException if a system call fails; nothing stays open
     */
    public static IoUringBackend open() throws IOException {
        Memory memory = Memory.of(Memory.PAGE_BYTES);
        Ring ring = null;
        try {
            Errno errno = new Errno(memory);
            ring = Ring.open(memory, errno);
            if (!ring.has(IoUring.OP_SOCKET, memory)) {
                throw Syscalls.of("io_uring_register(PROBE)", ring.fd(), Errno.ENOSYS, "this needs Linux 5.19");
            }
            Waker waker = EventFdWaker.open(memory, errno);
            return new IoUringBackend(memory, ring, waker);
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
        int slot = Slots.of(token);
        if (slot >= tokens.length) {
            grow(slot);
        }
        begin(slot, fd, interest);
        tokens[slot] = token;
        fds[slot] = fd;
        events[slot] = interest;
    }

    @Override
    public void change(Object fileobj, int fd, int interest, long token) throws IOException {
        SourceCheck.foreign("poll", fd, waker.owns(fd));
        int slot = Slots.of(token);
        boolean wasPolled = polled[slot];
        long old = userData(slot);
        // First the new poll: if it fails, the old one goes on.
        begin(slot, fd, interest);
        events[slot] = interest;
        if (wasPolled) {
            end(old);
            Syscalls.check("io_uring_enter", ring.fd(), ring.submit());
        }
    }

    @Override
    public void remove(Object fileobj, int fd, long token) {
        int slot = Slots.of(token);
        events[slot] = Events.NONE;
        if (polled[slot]) {
            polled[slot] = false;
            long old = userData(slot);
            numbers[slot] = nextNumber();
            try {
                end(old);
            } catch (NativeIOException full) {
                // It ends with the ring; whatever it reports until then comes too late.
                return;
            }
            ring.submit();
        }
    }

    /** Polls a source and finds out whether that is possible, under a new number if so. */
    private void begin(int slot, int fd, int interest) throws NativeIOException {
        int before = numbers[slot];
        numbers[slot] = nextNumber();
        long userData = userData(slot);
        try {
            poll(userData, fd, interest);
            Syscalls.check("io_uring_enter(POLL_ADD)", fd, ring.submit());
            for (int i = ring.head(); i != ring.end(); i++) {
                if (ring.userData(i) == userData && ring.result(i) < 0) {
                    throw Syscalls.of("io_uring_enter(POLL_ADD)", fd, -ring.result(i));
                }
            }
        } catch (Throwable failure) {
            numbers[slot] = before;
            throw failure;
        }
        polled[slot] = true;
    }

    private int nextNumber() {
        lastNumber = lastNumber == -1 ? 1 : lastNumber + 1;
        return lastNumber;
    }

    private void poll(long userData, int fd, int interest) throws NativeIOException {
        ring.prepare(IoUring.OP_POLL_ADD, fd, userData)
                .length((interest & Events.EDGE) != 0 ? IoUring.POLL_ADD_MULTI : 0)
                .operationFlags(toPoll(interest));
    }

    private void end(long userData) throws NativeIOException {
        ring.prepare(IoUring.OP_POLL_REMOVE, -1, OF_NO_INTEREST)
                .flags(IoUring.SQE_CQE_SKIP_SUCCESS)
                .address(userData);
    }

    private long userData(int slot) {
        return (long) numbers[slot] << Integer.SIZE | slot;
    }

    private void grow(int slot) {
        int length = Slots.grown(tokens.length, slot);
        tokens = Arrays.copyOf(tokens, length);
        fds = Arrays.copyOf(fds, length);
        events = Arrays.copyOf(events, length);
        numbers = Arrays.copyOf(numbers, length);
        polled = Arrays.copyOf(polled, length);
    }

    @Override
    public void await(long timeoutNanos, EventSink sink) throws IOException {
        takeWhatIsOld();
        beginPolls();
        int result = ring.enter(timeoutNanos);
        int head = ring.head();
        int end = ring.end();
        // With something to take, the kernel may have had no room for what was to be submitted: next time.
        if (result < 0 && result != -Errno.EINTR && head == end) {
            Syscalls.check("io_uring_enter", ring.fd(), result);
        }
        boolean woken = false;
        for (; head != end; head++) {
            long userData = ring.userData(head);
            int slot = (int) userData;
            if (userData == WAKEUP) {
                woken |= ring.result(head) > 0;
                wakeupIsPolled = false;
            } else if (isOfNow(userData)) {
                ended(slot, ring.hasMore(head));
                report(slot, ring.result(head), sink);
            }
        }
        ring.take(head);
        if (woken) {
            waker.consume();
        }
    }

    /** Begins anew what has completed since the last wait. */
    private void takeWhatIsOld() throws NativeIOException {
        do {
            int head = ring.head();
            for (int end = ring.end(); head != end; head++) {
                long userData = ring.userData(head);
                int slot = (int) userData;
                if (userData == WAKEUP) {
                    wakeupIsPolled = false;
                } else if (isOfNow(userData)) {
                    if (ring.hasMore(head)) {
                        end(userData);
                    }
                    // Another number, because one that goes on may have completed once more by now.
                    numbers[slot] = nextNumber();
                    ended(slot, false);
                }
            }
            ring.take(head);
        } while (ring.hasBacklog() && ring.submit() >= 0);
    }

    private boolean isOfNow(long userData) {
        int slot = (int) userData;
        return userData != OF_NO_INTEREST && userData == userData(slot) && events[slot] != Events.NONE;
    }

    /** Notes a completion, which is the last one of its poll unless that goes on. */
    private void ended(int slot, boolean goesOn) {
        if (!goesOn) {
            polled[slot] = false;
            if (toPollSize == toPoll.length) {
                toPoll = Arrays.copyOf(toPoll, toPollSize * 2);
            }
            toPoll[toPollSize++] = slot;
        }
    }

    private void report(int slot, int result, EventSink sink) {
        // A poll is cancelled when the thread ends that began it.
        if (result != -Errno.ECANCELED) {
            sink.ready(tokens[slot], result >= 0 ? fromPoll(result) : Events.INVALID);
        }
    }

    private void beginPolls() throws NativeIOException {
        if (!wakeupIsPolled) {
            poll(WAKEUP, waker.fd(), Events.READ);
            wakeupIsPolled = true;
        }
        while (toPollSize > 0) {
            int slot = toPoll[toPollSize - 1];
            if (events[slot] != Events.NONE && !polled[slot]) {
                poll(userData(slot), fds[slot], events[slot]);
                polled[slot] = true;
            }
            toPollSize--;
        }
    }

    @Override
    public void wakeup() {
        waker.wake();
    }

    @Override
    public void close() {
        endAllPolls();
        waker.close();
        ring.close();
        memory.free();
    }

    /** The kernel ends them after the close, but when it likes, and until then a file stays open for its peer. */
    private void endAllPolls() {
        try {
            ring.prepare(IoUring.OP_ASYNC_CANCEL, -1, OF_NO_INTEREST)
                    .operationFlags(IoUring.ASYNC_CANCEL_ALL | IoUring.ASYNC_CANCEL_ANY);
        } catch (NativeIOException full) {
            return;
        }
        ring.submit();
    }

    /**
     * Asks for hang-ups and errors, which a poll of io_uring, unlike poll(2), does not report otherwise; and for priority in
     * two ways, because Linux does not end such a poll for {@code POLLPRI} alone (io_uring/poll.c, IO_ASYNC_POLL_COMMON).
     */
    private static int toPoll(int events) {
        return ((events & Events.READ) != 0 ? Poll.POLLIN : 0)
                | ((events & Events.WRITE) != 0 ? Poll.POLLOUT : 0)
                | ((events & Events.PRIORITY) != 0 ? Poll.POLLPRI | Poll.POLLRDBAND : 0)
                | Poll.POLLERR
                | Poll.POLLHUP;
    }

    private static int fromPoll(int bits) {
        return ((bits & Poll.POLLIN) != 0 ? Events.READ : 0)
                | ((bits & Poll.POLLOUT) != 0 ? Events.WRITE : 0)
                | ((bits & Poll.POLLPRI) != 0 ? Events.PRIORITY : 0)
                | ((bits & Poll.POLLERR) != 0 ? Events.ERROR : 0)
                | ((bits & Poll.POLLHUP) != 0 ? Events.HANGUP : 0)
                | ((bits & Poll.POLLNVAL) != 0 ? Events.INVALID : 0);
    }
}
