package dev.pollux.ffm.internal;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Abi;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Fcntl;
import dev.pollux.ffm.sys.Select;
import dev.pollux.ffm.sys.Timespec;
import dev.pollux.spi.Backend;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/**
 * Watches descriptors with pselect(2), below {@link Select#FD_SETSIZE} only.
 *
 * <p>Every wait reports all that is ready: there cannot be more than 1024.
 */
public final class SelectBackend implements Backend {

    /** macOS fails for more than 2^31 seconds (XNU, {@code timespec_is_valid}). The selector waits the rest. */
    private static final long LONGEST_NANOS = TimeUnit.DAYS.toNanos(365);

    // Shared, because one thread after another may use a backend. A wakeup, which runs beside them, uses none of it.
    private final Arena arena;
    private final Errno errno;
    private final MemorySegment timeout;
    private final Waker waker;

    private final Sets watched;
    private final Sets ready;

    /** By descriptor, because the sets are. */
    private final long[] tokens = new long[Select.FD_SETSIZE];

    // The highest watched descriptor, plus 1.
    private int end;

    // Which descriptor may be reported first: another one each time, so that a handler that always fails cannot keep
    // events from those behind it.
    private int first;

    private SelectBackend(boolean linux, Arena arena) throws NativeIOException {
        this.arena = arena;
        errno = new Errno(arena);
        timeout = arena.allocate(Timespec.LAYOUT);
        watched = new Sets(arena);
        ready = new Sets(arena);
        waker = Waker.open(linux, arena, errno);
    }

    /**
     * Opens a backend.
     *
     * @throws IOException if a system call fails, or if every descriptor below the limit is taken; nothing stays open
     */
    public static SelectBackend open() throws IOException {
        return open(Abi.LINUX);
    }

    /**
     * Opens a backend.
     *
     * @param linux whether to use what only Linux has
     */
    static SelectBackend open(boolean linux) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            SelectBackend backend = new SelectBackend(linux, arena);
            backend.watchWaker();
            return backend;
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    private void watchWaker() throws NativeIOException {
        int fd = waker.fd();
        if (fd >= Select.FD_SETSIZE) {
            waker.close();
            // The kernel gives the lowest free number, so this is exhaustion and passes.
            throw Syscalls.of(
                    "pselect",
                    fd,
                    Errno.EMFILE,
                    "select needs a descriptor of its own below " + Select.FD_SETSIZE
                            + ", and all are taken; close some, or use the poll or epoll backend");
        }
        watch(fd, Events.READ);
    }

    @Override
    public void add(Object fileobj, int fd, int events, long token) throws IOException {
        if (fd >= Select.FD_SETSIZE) {
            throw Syscalls.of(
                    "pselect",
                    fd,
                    Errno.EINVAL,
                    "select watches descriptors below " + Select.FD_SETSIZE + " only; use the poll or epoll backend");
        }
        change(fileobj, fd, events, token);
    }

    @Override
    public void change(Object fileobj, int fd, int events, long token) throws IOException {
        SourceCheck.foreign("pselect", fd, waker.owns(fd));
        SourceCheck.open(fd, errno);
        watch(fd, events);
        tokens[fd] = token;
    }

    private void watch(int fd, int events) {
        watched.put(fd, events);
        end = Math.max(end, fd + 1);
    }

    @Override
    public void remove(Object fileobj, int fd, long token) {
        watched.put(fd, Events.NONE);
        while (watched.events(end - 1) == Events.NONE) {
            end--;
        }
    }

    @Override
    public void await(long timeoutNanos, EventSink sink) throws IOException {
        int count = waitFor(timeoutNanos);
        if (count == -Errno.EBADF) {
            count = reportClosed(sink);
        }
        if (count == -Errno.EINTR || count == -Errno.EBADF) {
            return;
        }
        Syscalls.check("pselect", -1, count);
        if (count == 0) {
            return;
        }
        boolean woken = ready.events(waker.fd()) != Events.NONE;
        ready.put(waker.fd(), Events.NONE);
        int start = ready.next(first, end);
        if (start == end) {
            start = ready.next(0, end);
        }
        report(start, end, sink);
        report(0, start, sink);
        first = start + 1;
        if (woken) {
            waker.consume();
        }
    }

    private void report(int from, int to, EventSink sink) {
        for (int fd = ready.next(from, to); fd < to; fd = ready.next(fd + 1, to)) {
            sink.ready(tokens[fd], ready.events(fd));
        }
    }

    /** The first call allocates nothing but does not say why it failed, the second one does and does not wait. */
    private int waitFor(long timeoutNanos) {
        ready.copyFrom(watched);
        Timespec.set(timeout, Math.min(timeoutNanos, LONGEST_NANOS));
        int count = Select.pselect(
                end,
                ready.readable,
                ready.writable,
                ready.exceptional,
                timeoutNanos == Long.MAX_VALUE ? MemorySegment.NULL : timeout);
        if (count >= 0) {
            return count;
        }
        ready.copyFrom(watched);
        return poll();
    }

    private int poll() {
        Timespec.set(timeout, 0);
        return Select.pselect(end, ready.readable, ready.writable, ready.exceptional, timeout, errno);
    }

    /**
     * Reports which descriptors were closed while being watched, since the kernel says only that there are some, and
     * looks at the others without waiting. If one more was closed meanwhile, the next wait finds it.
     */
    private int reportClosed(EventSink sink) throws NativeIOException {
        ready.copyFrom(watched);
        for (int fd = ready.next(0, end); fd < end; fd = ready.next(fd + 1, end)) {
            int flags = Fcntl.fcntl(fd, Fcntl.F_GETFD, errno);
            if (flags < 0) {
                if (waker.owns(fd)) {
                    throw Syscalls.of("fcntl(F_GETFD)", fd, -flags);
                }
                ready.put(fd, Events.NONE);
                sink.ready(tokens[fd], Events.INVALID);
            }
        }
        return poll();
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

    /** The three sets of a call. */
    private static final class Sets {

        final MemorySegment readable;
        final MemorySegment writable;
        final MemorySegment exceptional;

        Sets(Arena arena) {
            readable = arena.allocate(Select.FD_SET);
            writable = arena.allocate(Select.FD_SET);
            exceptional = arena.allocate(Select.FD_SET);
        }

        void copyFrom(Sets other) {
            readable.copyFrom(other.readable);
            writable.copyFrom(other.writable);
            exceptional.copyFrom(other.exceptional);
        }

        void put(int fd, int events) {
            Select.put(readable, fd, (events & Events.READ) != 0);
            Select.put(writable, fd, (events & Events.WRITE) != 0);
            Select.put(exceptional, fd, (events & Events.PRIORITY) != 0);
        }

        int events(int fd) {
            return (Select.isSet(readable, fd) ? Events.READ : 0)
                    | (Select.isSet(writable, fd) ? Events.WRITE : 0)
                    | (Select.isSet(exceptional, fd) ? Events.PRIORITY : 0);
        }

        /** Returns the lowest descriptor from {@code fd} on that is in a set, or {@code end} if there is none below it. */
        int next(int fd, int end) {
            long mask = -1L << fd % Select.NFDBITS;
            for (int index = fd / Select.NFDBITS; index * Select.NFDBITS < end; index++) {
                long word =
                        Select.word(readable, index) | Select.word(writable, index) | Select.word(exceptional, index);
                if ((word & mask) != 0) {
                    return Math.min(end, index * Select.NFDBITS + Long.numberOfTrailingZeros(word & mask));
                }
                mask = -1;
            }
            return end;
        }
    }
}
