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
import java.lang.foreign.Arena;
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

    /** The waker's entry, always the first. Sources follow without a gap. */
    private static final int WAKER = 0;

    private final boolean linux;

    // Shared, because one thread after another may use a backend. A wakeup, which runs beside them, uses none of it.
    private final Arena arena;
    private final Errno errno;
    private final MemorySegment timeout;
    private final Waker waker;

    private MemorySegment fds;
    private long[] tokens = new long[FIRST_CAPACITY];
    private int size;

    /** By slot: where its entry is. */
    private int[] positions = new int[FIRST_CAPACITY];

    // Which entry may be reported first: another one each time, so that a handler that always fails cannot keep events
    // from those behind it.
    private int first = 1;

    private PollBackend(boolean linux, Arena arena) throws NativeIOException {
        this.linux = linux;
        this.arena = arena;
        errno = new Errno(arena);
        timeout = arena.allocate(Timespec.LAYOUT);
        fds = arena.allocate(Poll.POLLFD, FIRST_CAPACITY);
        waker = Waker.open(linux, arena, errno);
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
        Arena arena = Arena.ofShared();
        try {
            return new PollBackend(linux, arena);
        } catch (Throwable failure) {
            arena.close();
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

    /** The old array stays until the backend closes; all old ones together are smaller than the new one. */
    private void grow() {
        MemorySegment larger = arena.allocate(Poll.POLLFD, tokens.length * 2L);
        larger.copyFrom(fds);
        tokens = Arrays.copyOf(tokens, tokens.length * 2);
        fds = larger;
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
        int position = first;
        int left = count;
        for (int unseen = size - 1; unseen > 0 && left > 0; unseen--, position++) {
            if (position >= size) {
                position = 1;
            }
            int bits = Poll.revents(fds, position);
            if (bits != 0) {
                if (left == count) {
                    first = position + 1;
                }
                sink.ready(tokens[position], fromPoll(bits));
                left--;
            }
        }
    }

    // The first call of each pair allocates nothing but does not say why it failed. The second one does not wait:
    // after a signal it finds what is ready by now, and every other failure is repeated.

    private int waitFor(long timeoutNanos) {
        if (!linux) {
            int millis = timeoutNanos == Long.MAX_VALUE ? -1 : Timeouts.millisRoundedUp(timeoutNanos);
            int count = Poll.poll(fds, size, millis);
            return count >= 0 ? count : Poll.poll(fds, size, 0, errno);
        }
        Timespec.set(timeout, timeoutNanos);
        int count = Poll.ppoll(fds, size, timeoutNanos == Long.MAX_VALUE ? MemorySegment.NULL : timeout);
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
        arena.close();
    }

    private static int toPoll(int events) {
        return ((events & Events.READ) != 0 ? Poll.POLLIN : 0)
                | ((events & Events.WRITE) != 0 ? Poll.POLLOUT : 0)
                | ((events & Events.PRIORITY) != 0 ? Poll.POLLPRI : 0);
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
