package dev.pollux.ffm.internal;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Abi;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Poll;
import dev.pollux.ffm.sys.Timespec;
import dev.pollux.spi.Backend;
import dev.pollux.spi.EventSink;
import dev.pollux.spi.Timeouts;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Watches descriptors with poll(2). The array for it is kept up to date by each call instead of being built for each
 * wait.
 *
 * <p>Every wait reports all that is ready, however much: kernel and backend look at each entry anyhow, so a limit would
 * only multiply that.
 */
public final class PollBackend implements Backend {

    private static final int FIRST_CAPACITY = 64;

    /** What a bit set of the kernel means, for all that it reports. */
    private static final short[] MEANINGS = meanings();

    /** The waker's entry, always the first. Sources follow without a gap. */
    private static final int WAKER = 0;

    private final boolean linux;

    // Of one thread after another. A wakeup, which runs beside them, uses none of it.
    private final Memory memory;
    private final Errno errno;
    private final MemorySegment timeout;
    private final Waker waker;

    /** Where the entries are. */
    private Memory table;

    private MemorySegment fds;
    private long[] tokens = new long[FIRST_CAPACITY];
    private int size;

    /** By slot: where its entry is. */
    private int[] positions = new int[FIRST_CAPACITY];

    // Which entry may be reported first: another one each time, so that a handler that always fails cannot keep events
    // from those behind it.
    private int first = 1;

    private PollBackend(boolean linux, Memory memory, Memory table) throws NativeIOException {
        this.linux = linux;
        this.memory = memory;
        this.table = table;
        errno = new Errno(memory);
        timeout = memory.allocate(Timespec.BYTES, Long.BYTES);
        fds = table.all();
        waker = Waker.open(linux, memory, errno);
        Poll.set(fds, WAKER, waker.fd(), Poll.POLLIN);
        size = 1;
    }

    /**
     * Opens a backend.
     *
     * @throws IOException if a system call fails; nothing stays open
     */
    public static PollBackend open() throws IOException {
        return open(Abi.LINUX);
    }

    /**
     * Opens a backend.
     *
     * @param linux whether to use what only Linux has
     */
    static PollBackend open(boolean linux) throws IOException {
        Memory memory = Memory.of(Memory.PAGE_BYTES);
        Memory table = null;
        try {
            table = Memory.of(Poll.POLLFD.byteSize() * FIRST_CAPACITY);
            return new PollBackend(linux, memory, table);
        } catch (Throwable failure) {
            if (table != null) {
                table.free();
            }
            memory.free();
            throw failure;
        }
    }

    @Override
    public void add(Object fileobj, int fd, int events, long token) throws IOException {
        SourceCheck.foreign("poll", fd, waker.owns(fd));
        SourceCheck.open(fd, errno);
        if (size == tokens.length) {
            grow();
        }
        int slot = Slots.of(token);
        if (slot >= positions.length) {
            positions = Arrays.copyOf(positions, Slots.grown(positions.length, slot));
        }
        positions[slot] = size;
        Poll.set(fds, size, fd, toPoll(events));
        tokens[size] = token;
        size++;
    }

    private void grow() throws NativeIOException {
        Memory larger = Memory.of(Poll.POLLFD.byteSize() * tokens.length * 2);
        larger.all().copyFrom(fds);
        table.free();
        table = larger;
        fds = larger.all();
        tokens = Arrays.copyOf(tokens, tokens.length * 2);
    }

    @Override
    public void change(Object fileobj, int fd, int events, long token) throws IOException {
        SourceCheck.foreign("poll", fd, waker.owns(fd));
        SourceCheck.open(fd, errno);
        Poll.set(fds, positions[Slots.of(token)], fd, toPoll(events));
    }

    /** The last entry moves into the gap. */
    @Override
    public void remove(Object fileobj, int fd, long token) {
        int gap = positions[Slots.of(token)];
        size--;
        Poll.set(fds, gap, Poll.fd(fds, size), Poll.events(fds, size));
        tokens[gap] = tokens[size];
        positions[Slots.of(tokens[gap])] = gap;
    }

    @Override
    public void await(long timeoutNanos, EventSink sink) throws IOException {
        int count = waitFor(timeoutNanos);
        if (count == -Errno.EINTR) {
            return;
        }
        if (count == -Errno.EINVAL) {
            throw Syscalls.of(
                    "poll",
                    -1,
                    Errno.EINVAL,
                    "more descriptors are watched than this process may open by now; raise ulimit -n or close some");
        }
        Syscalls.check("poll", -1, count);
        if (count == 0) {
            return;
        }
        boolean woken = Poll.revents(fds, WAKER) != 0;
        report(woken ? count - 1 : count, sink);
        if (woken) {
            waker.consume();
        }
    }

    private void report(int count, EventSink sink) {
        if (count == 0) {
            return;
        }
        int start = nextReady(first);
        if (start == size) {
            start = nextReady(1);
        }
        first = start + 1;
        int left = report(start, size, count, sink);
        report(1, start, left, sink);
    }

    /** Returns the first entry from {@code position} on that is ready, or the end if none is. */
    private int nextReady(int position) {
        int next = position;
        while (next < size && Poll.revents(fds, next) == 0) {
            next++;
        }
        return Math.min(next, size);
    }

    /** Reports up to {@code most} of some entries. Returns how many of them were not among those. */
    private int report(int from, int to, int most, EventSink sink) {
        int left = most;
        for (int position = from; position < to && left > 0; position++) {
            int bits = Poll.revents(fds, position);
            if (bits != 0) {
                sink.ready(tokens[position], MEANINGS[bits & (MEANINGS.length - 1)]);
                left--;
            }
        }
        return left;
    }

    // The first call of each pair allocates nothing but does not say why it failed. The second one does not wait:
    // after a signal it finds what is ready by now, and every other failure is repeated.

    private int waitFor(long timeoutNanos) {
        if (!linux) {
            int millis = timeoutNanos == Long.MAX_VALUE ? -1 : Timeouts.millisRoundedUp(timeoutNanos);
            int count = Poll.poll(fds, size, millis);
            return count >= 0 ? count : Poll.poll(fds, size, 0, errno);
        }
        MemorySegment limit = MemorySegment.NULL;
        if (timeoutNanos != Long.MAX_VALUE) {
            Timespec.set(timeout, timeoutNanos);
            limit = timeout;
        }
        int count = Poll.ppoll(fds, size, limit);
        if (count >= 0) {
            return count;
        }
        Timespec.set(timeout, 0);
        return Poll.ppoll(fds, size, timeout, errno);
    }

    @Override
    public void wakeup() {
        waker.wake();
    }

    @Override
    public void close() {
        waker.close();
        table.free();
        memory.free();
    }

    private static int toPoll(int events) {
        return ((events & Events.READ) != 0 ? Poll.POLLIN : 0)
                | ((events & Events.WRITE) != 0 ? Poll.POLLOUT : 0)
                | ((events & Events.PRIORITY) != 0 ? Poll.POLLPRI : 0);
    }

    private static short[] meanings() {
        short[] meanings = new short[2 * Poll.POLLNVAL];
        for (int bits = 0; bits < meanings.length; bits++) {
            meanings[bits] = (short) fromPoll(bits);
        }
        return meanings;
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
