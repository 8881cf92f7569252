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

    // Of one thread after another. A wakeup, which runs beside them, uses none of it.
    private final Memory memory;
    private final Errno errno;
    private final MemorySegment timeout;
    private final Waker waker;

    private final Direction readable;
    private final Direction writable;
    private final Direction exceptional;

    /** By descriptor, because the sets are. */
    private final long[] tokens = new long[Select.FD_SETSIZE];

    // The highest watched descriptor, plus 1.
    private int end;

    // Which descriptor may be reported first: another one each time, so that a handler that always fails cannot keep
    // events from those behind it.
    private int first;

    private SelectBackend(boolean linux, Memory memory) throws NativeIOException {
        this.memory = memory;
        errno = new Errno(memory);
        timeout = memory.allocate(Timespec.BYTES, Long.BYTES);
        readable = new Direction(Events.READ, memory);
        writable = new Direction(Events.WRITE, memory);
        exceptional = new Direction(Events.PRIORITY, memory);
        waker = Waker.open(linux, memory, errno);
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
        Memory memory = Memory.of(Memory.PAGE_BYTES);
        try {
            SelectBackend backend = new SelectBackend(linux, memory);
            backend.watchWaker();
            return backend;
        } catch (Throwable failure) {
            memory.free();
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
        readable.watch(fd, events);
        writable.watch(fd, events);
        exceptional.watch(fd, events);
        end = Math.max(end, fd + 1);
    }

    @Override
    public void remove(Object fileobj, int fd, long token) {
        watch(fd, Events.NONE);
        while (watched(end - 1) == Events.NONE) {
            end--;
        }
    }

    private int watched(int fd) {
        return readable.watched(fd) | writable.watched(fd) | exceptional.watched(fd);
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
        boolean woken = readable.ready(waker.fd()) != Events.NONE;
        if (woken) {
            readable.forget(waker.fd());
        }
        int start = nextReady(first, end);
        if (start == end) {
            start = nextReady(0, end);
        }
        report(start, end, sink);
        report(0, start, sink);
        first = start + 1;
        if (woken) {
            waker.consume();
        }
    }

    private void report(int from, int to, EventSink sink) {
        for (int fd = nextReady(from, to); fd < to; fd = nextReady(fd + 1, to)) {
            sink.ready(tokens[fd], readable.ready(fd) | writable.ready(fd) | exceptional.ready(fd));
        }
    }

    /** Returns the lowest descriptor from {@code fd} on that is ready, or {@code to} if none below it is. */
    private int nextReady(int fd, int to) {
        long mask = -1L << fd % Select.NFDBITS;
        for (int index = fd / Select.NFDBITS; index * Select.NFDBITS < to; index++) {
            long word = (readable.word(index) | writable.word(index) | exceptional.word(index)) & mask;
            if (word != 0) {
                return Math.min(to, index * Select.NFDBITS + Long.numberOfTrailingZeros(word));
            }
            mask = -1;
        }
        return to;
    }

    /** The first call allocates nothing but does not say why it failed, the second one does and does not wait. */
    private int waitFor(long timeoutNanos) {
        prepare();
        MemorySegment limit = MemorySegment.NULL;
        if (timeoutNanos != Long.MAX_VALUE) {
            Timespec.set(timeout, Math.min(timeoutNanos, LONGEST_NANOS));
            limit = timeout;
        }
        int count = Select.pselect(end, readable.set(), writable.set(), exceptional.set(), limit);
        if (count >= 0) {
            return count;
        }
        prepare();
        return poll();
    }

    private void prepare() {
        readable.prepare(end);
        writable.prepare(end);
        exceptional.prepare(end);
    }

    private int poll() {
        Timespec.set(timeout, 0);
        return Select.pselect(end, readable.set(), writable.set(), exceptional.set(), timeout, errno);
    }

    /**
     * Reports which descriptors were closed while being watched, since the kernel says only that there are some, and
     * looks at the others without waiting. If one more was closed meanwhile, the next wait finds it.
     */
    private int reportClosed(EventSink sink) throws NativeIOException {
        prepare();
        for (int fd = 0; fd < end; fd++) {
            if (watched(fd) == Events.NONE) {
                continue;
            }
            int flags = Fcntl.fcntl(fd, Fcntl.F_GETFD, errno);
            if (flags < 0) {
                if (waker.owns(fd)) {
                    throw Syscalls.of("fcntl(F_GETFD)", fd, -flags);
                }
                readable.forget(fd);
                writable.forget(fd);
                exceptional.forget(fd);
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
        memory.free();
    }

    /** What is watched in one of the three ways, and what of it a wait has found ready. */
    private static final class Direction {

        private final int event;
        private final MemorySegment watched;
        private final MemorySegment ready;

        /** How many are watched. The kernel gets no set that is empty, which would cost it a walk through it. */
        private int count;

        Direction(int event, Memory memory) {
            this.event = event;
            watched = memory.allocate(Select.FD_SET);
            ready = memory.allocate(Select.FD_SET);
        }

        void watch(int fd, int events) {
            boolean before = Select.isSet(watched, fd);
            boolean after = (events & event) != 0;
            if (before != after) {
                Select.put(watched, fd, after);
                Select.put(ready, fd, false);
                count += after ? 1 : -1;
            }
        }

        int watched(int fd) {
            return Select.isSet(watched, fd) ? event : Events.NONE;
        }

        /** Fills in what the kernel is to leave or to take out, below {@code end}. */
        void prepare(int end) {
            if (count > 0) {
                MemorySegment.copy(watched, 0, ready, 0, Select.bytes(end));
            }
        }

        /** Returns what the kernel gets. */
        MemorySegment set() {
            return count > 0 ? ready : MemorySegment.NULL;
        }

        int ready(int fd) {
            return Select.isSet(ready, fd) ? event : Events.NONE;
        }

        long word(int index) {
            return Select.word(ready, index);
        }

        void forget(int fd) {
            Select.put(ready, fd, false);
        }
    }
}
