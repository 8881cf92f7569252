package dev.pollux.ffm.internal;

import dev.pollux.Events;
import dev.pollux.ffm.sys.DevPoll;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Fcntl;
import dev.pollux.ffm.sys.Poll;
import dev.pollux.ffm.sys.Unistd;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.EventSink;
import dev.pollux.spi.Timeouts;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Watches descriptors with poll(7D), the device {@code /dev/poll}. */
public final class DevpollBackend implements Backend {

    private static final int FIRST_CAPACITY = 64;

    private final int dpfd;
    private final Waker waker;

    // Of one thread after another. A wakeup, which runs beside them, uses none of it.
    private final Memory memory;
    private final Errno errno;
    private final MemorySegment records;
    private final MemorySegment wanted;
    private final EventRoom room;

    // By descriptor, which is all that the device reports: what it is watched for, NONE if it is not, and its token.
    private byte[] watched = new byte[FIRST_CAPACITY];
    private long[] tokens = new long[FIRST_CAPACITY];

    private DevpollBackend(Memory memory, Errno errno, EventRoom room, int dpfd, Waker waker) {
        this.memory = memory;
        this.errno = errno;
        this.dpfd = dpfd;
        this.waker = waker;
        this.room = room;
        records = memory.allocate(Poll.POLLFD, 2);
        wanted = memory.allocate(DevPoll.DVPOLL);
    }

    /**
     * Opens a backend.
     *
     * @throws IOException if a system call fails; nothing stays open
     */
    public static DevpollBackend open(BackendOptions options) throws IOException {
        Memory memory = Memory.of(Memory.PAGE_BYTES);
        EventRoom room = null;
        int dpfd = -1;
        Waker waker = null;
        try {
            room = new EventRoom(Poll.POLLFD.byteSize(), options);
            Errno errno = new Errno(memory);
            dpfd = Syscalls.check("open(/dev/poll)", -1, DevPoll.open(errno));
            Syscalls.check("fcntl(F_SETFD)", dpfd, Fcntl.fcntl(dpfd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC, errno));
            waker = PipeWaker.open(memory, errno);
            DevpollBackend backend = new DevpollBackend(memory, errno, room, dpfd, waker);
            Syscalls.check("pwrite(/dev/poll)", waker.fd(), backend.write(waker.fd(), false, Poll.POLLIN));
            return backend;
        } catch (Throwable failure) {
            release(memory, room, dpfd, waker);
            throw failure;
        }
    }

    @Override
    public void add(Object fileobj, int fd, int events, long token) throws IOException {
        SourceCheck.foreign("pwrite(/dev/poll)", fd, fd == dpfd || waker.owns(fd));
        watch(fd, events, token);
    }

    @Override
    public void change(Object fileobj, int fd, int events, long token) throws IOException {
        watch(fd, events, token);
    }

    private void watch(int fd, int events, long token) throws IOException {
        SourceCheck.stream("pwrite(/dev/poll)", fd, errno);
        int result = write(fd, true, toPoll(events));
        if (result < 0) {
            write(fd, true, toPoll(events(fd)));
        }
        Syscalls.check("pwrite(/dev/poll)", fd, result);
        if (fd >= watched.length) {
            int capacity = Slots.grown(watched.length, fd);
            watched = Arrays.copyOf(watched, capacity);
            tokens = Arrays.copyOf(tokens, capacity);
        }
        watched[fd] = (byte) events;
        tokens[fd] = token;
    }

    private int events(int fd) {
        return fd < watched.length ? watched[fd] : Events.NONE;
    }

    @Override
    public void remove(Object fileobj, int fd, long token) {
        write(fd, true, 0);
        watched[fd] = Events.NONE;
    }

    /**
     * Watches {@code fd} for some poll(2) bits, none for not at all. The kernel adds bits to those it has, also to those of a
     * closed descriptor with the same number, so the old record goes first.
     */
    private int write(int fd, boolean replace, int bits) {
        int count = 0;
        if (replace) {
            Poll.set(records, count++, fd, DevPoll.POLLREMOVE);
        }
        if (bits != 0) {
            Poll.set(records, count++, fd, bits);
        }
        return DevPoll.write(dpfd, records, count, errno);
    }

    @Override
    public void await(long timeoutNanos, EventSink sink) throws IOException {
        int millis = timeoutNanos == Long.MAX_VALUE ? -1 : Timeouts.millisRoundedUp(timeoutNanos);
        int count = waitFor(millis);
        if (count == -Errno.EINTR) {
            return;
        }
        Syscalls.check("ioctl(DP_POLL)", dpfd, count);
        boolean woken = report(count, sink);
        while (room.hasGrownFor(count)) {
            // More may be ready than had room. The kernel goes on where it has stopped; what comes twice does no harm.
            count = waitFor(0);
            woken |= report(count, sink);
        }
        // One call takes all wakeups. Those that come in between have ended this wait, which has not returned yet.
        if (woken) {
            waker.consume();
        }
    }

    private boolean report(int count, EventSink sink) {
        MemorySegment ready = room.events();
        boolean woken = false;
        for (int i = 0; i < count; i++) {
            int fd = Poll.fd(ready, i);
            if (fd == waker.fd()) {
                woken = true;
            } else if (events(fd) != Events.NONE) {
                sink.ready(tokens[fd], fromPoll(Poll.revents(ready, i)));
            } else {
                // Left behind by a removal that failed.
                write(fd, true, 0);
            }
        }
        return woken;
    }

    // The first call allocates nothing but does not say why it failed. The second one does not wait: after a signal it
    // finds what is ready by now, and every other failure is repeated.
    private int waitFor(int timeoutMillis) {
        DevPoll.set(wanted, room.events(), room.size(), timeoutMillis);
        int count = DevPoll.poll(dpfd, wanted);
        if (count >= 0) {
            return count;
        }
        DevPoll.set(wanted, room.events(), room.size(), 0);
        return DevPoll.poll(dpfd, wanted, errno);
    }

    @Override
    public void wakeup() {
        waker.wake();
    }

    @Override
    public void close() {
        release(memory, room, dpfd, waker);
    }

    /** In reverse order of opening; what close(2) answers does not matter, the descriptor is gone in any case. */
    private static void release(Memory memory, @Nullable EventRoom room, int dpfd, @Nullable Waker waker) {
        if (waker != null) {
            waker.close();
        }
        if (dpfd >= 0) {
            Unistd.close(dpfd);
        }
        if (room != null) {
            room.free();
        }
        memory.free();
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
