package dev.pollux.ffm.internal;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.IoUring;
import dev.pollux.ffm.sys.Poll;
import dev.pollux.spi.EventSink;
import java.util.Arrays;

/**
 * Polls of sources on an io_uring(7). A poll for a level completes once, and begins anew with the next wait, where it completes
 * at once if the source is still ready. One for an edge goes on by itself.
 *
 * <p>A poll may also complete between two waits, and what it says may not hold any more by the next one. Such a poll is begun
 * anew, and what completes then is reported.
 *
 * <p>A poll holds the file that it polls. So polls begin and end at once, not with the next wait: a file that is closed
 * after its removal is closed for its peer too.
 */
final class RingPolls {

    private final Ring ring;

    /** Numbers the polls, so that a completion that comes too late has a number that its slot has no longer. Never 0. */
    private int lastNumber;

    // By slot.
    private long[] tokens = new long[64];
    private int[] fds = new int[64];
    private int[] events = new int[64];
    private int[] numbers = new int[64];
    private boolean[] polled = new boolean[64];

    /** The slots whose peer has ended its output, which no one asked for: see {@link #completed}. */
    private boolean[] halfClosed = new boolean[64];

    /** The slots whose polls begin with the next wait; some may have begun or ended since. */
    private int[] toPoll = new int[64];

    private int toPollSize;

    RingPolls(Ring ring) {
        this.ring = ring;
    }

    void add(int fd, int interest, long token) throws NativeIOException {
        int slot = Slots.of(token);
        if (slot >= tokens.length) {
            grow(slot);
        }
        begin(slot, fd, interest);
        tokens[slot] = token;
        fds[slot] = fd;
        events[slot] = interest;
        halfClosed[slot] = false;
    }

    void change(int fd, int interest, long token) throws NativeIOException {
        int slot = Slots.of(token);
        boolean wasPolled = polled[slot];
        long old = userData(slot);
        // First the new poll: if it fails, the old one goes on.
        begin(slot, fd, interest);
        events[slot] = interest;
        halfClosed[slot] = false;
        if (wasPolled) {
            end(old);
            Syscalls.check("io_uring_enter", ring.fd(), ring.submit());
        }
    }

    void remove(long token) {
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
            poll(ring, userData, fd, interest);
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

    /** Begins a poll that completes under {@code userData}. */
    static void poll(Ring ring, long userData, int fd, int interest) throws NativeIOException {
        ring.prepare(IoUring.OP_POLL_ADD, fd, userData)
                .length((interest & Events.EDGE) != 0 ? IoUring.POLL_ADD_MULTI : 0)
                .operationFlags(toPoll(interest));
    }

    private void end(long userData) throws NativeIOException {
        ring.prepare(IoUring.OP_POLL_REMOVE, -1, UserData.OF_NO_INTEREST)
                .flags(IoUring.SQE_CQE_SKIP_SUCCESS)
                .address(userData);
    }

    private long userData(int slot) {
        return UserData.ofPoll(numbers[slot], slot);
    }

    private void grow(int slot) {
        int length = Slots.grown(tokens.length, slot);
        tokens = Arrays.copyOf(tokens, length);
        fds = Arrays.copyOf(fds, length);
        events = Arrays.copyOf(events, length);
        numbers = Arrays.copyOf(numbers, length);
        polled = Arrays.copyOf(polled, length);
        halfClosed = Arrays.copyOf(halfClosed, length);
    }

    /** Takes what has completed before a wait: the poll begins anew with it. */
    void completedEarly(long userData, boolean goesOn) throws NativeIOException {
        if (isOfNow(userData)) {
            int slot = UserData.slot(userData);
            if (goesOn) {
                end(userData);
            }
            // Another number, because one that goes on may have completed once more by now.
            numbers[slot] = nextNumber();
            ended(slot);
        }
    }

    /**
     * Takes what has completed in a wait, and reports it.
     *
     * <p>A poll completes also when the peer has ended its output, asked for or not (io_uring/poll.c, IO_POLL_UNMASK), and would do so
     * again and again. So it begins anew as one that goes on by itself, which says it once.
     */
    void completed(long userData, int result, boolean goesOn, EventSink sink) throws NativeIOException {
        if (!isOfNow(userData)) {
            return;
        }
        int slot = UserData.slot(userData);
        int ready = result >= 0 ? fromPoll(result) : Events.INVALID;
        if (ready == Events.NONE) {
            halfClosed[slot] = true;
        } else if (result != -Errno.ECANCELED) {
            sink.ready(tokens[slot], ready);
        }
        // A poll is cancelled when the thread ends that began it.
        if (!goesOn) {
            ended(slot);
        } else if (ready != Events.NONE && (events[slot] & Events.EDGE) == 0) {
            numbers[slot] = nextNumber();
            ended(slot);
            end(userData);
        }
    }

    private boolean isOfNow(long userData) {
        int slot = UserData.slot(userData);
        return userData == userData(slot) && events[slot] != Events.NONE;
    }

    private void ended(int slot) {
        polled[slot] = false;
        if (toPollSize == toPoll.length) {
            toPoll = Arrays.copyOf(toPoll, toPollSize * 2);
        }
        toPoll[toPollSize++] = slot;
    }

    /** Begins those again that have completed. */
    void beginAnew() throws NativeIOException {
        while (toPollSize > 0) {
            int slot = toPoll[toPollSize - 1];
            if (events[slot] != Events.NONE && !polled[slot]) {
                poll(ring, userData(slot), fds[slot], events[slot] | (halfClosed[slot] ? Events.EDGE : Events.NONE));
                polled[slot] = true;
            }
            toPollSize--;
        }
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
