package dev.pollux.ffm.internal;

import dev.pollux.Events;
import dev.pollux.ffm.sys.Epoll;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Timespec;
import dev.pollux.ffm.sys.Unistd;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.EventSink;
import dev.pollux.spi.Timeouts;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Watches descriptors with epoll(7). */
public final class EpollBackend implements Backend {

    /** Not a token of the selector: a slot is never negative. */
    private static final long WAKE_TOKEN = -1;

    /** Edge-triggered: each wakeup is reported once, without a call that takes it. Never changed, for any thread. */
    private static final MemorySegment WAKE_EVENT = Arena.global().allocate(Epoll.EVENT_BYTES, Long.BYTES);

    static {
        Epoll.set(WAKE_EVENT, Epoll.EPOLLIN | Epoll.EPOLLET, WAKE_TOKEN);
    }

    /** What a bit set of the kernel means, for all that it reports. */
    private static final short[] MEANINGS = meanings();

    /** Whether epoll_pwait2(2) is allowed; the kernel and its filters are the same for the whole process. */
    static volatile boolean nanosecondWaits = true;

    private final int epfd;
    private final Waker waker;

    // Of one thread after another. A wakeup, which runs beside them, uses none of it.
    private final Memory memory;
    private final Errno errno;
    private final MemorySegment event;
    private final MemorySegment timeout;
    private final EventRoom room;

    private EpollBackend(Memory memory, Errno errno, EventRoom room, int epfd, Waker waker) {
        this.memory = memory;
        this.errno = errno;
        this.epfd = epfd;
        this.waker = waker;
        event = memory.allocate(Epoll.EVENT_BYTES, Long.BYTES);
        timeout = memory.allocate(Timespec.BYTES, Long.BYTES);
        this.room = room;
    }

    /**
     * Opens a backend.
     *
     * @throws IOException if a system call fails; nothing stays open
     */
    public static EpollBackend open(BackendOptions options) throws IOException {
        Memory memory = Memory.of(Memory.PAGE_BYTES);
        EventRoom room = null;
        int epfd = -1;
        Waker waker = null;
        try {
            room = new EventRoom(Epoll.EVENT_BYTES, options);
            Errno errno = new Errno(memory);
            epfd = Syscalls.check("epoll_create1", -1, Epoll.create1(Epoll.EPOLL_CLOEXEC, errno));
            waker = EventFdWaker.open(memory, errno);
            EpollBackend backend = new EpollBackend(memory, errno, room, epfd, waker);
            int fd = waker.fd();
            Syscalls.check("epoll_ctl(ADD)", fd, Epoll.ctl(epfd, Epoll.EPOLL_CTL_ADD, fd, WAKE_EVENT, errno));
            return backend;
        } catch (Throwable failure) {
            release(memory, room, epfd, waker);
            throw failure;
        }
    }

    @Override
    public int descriptor() {
        return epfd;
    }

    @Override
    public void add(Object fileobj, int fd, int events, long token) throws IOException {
        // The kernel would accept its own eventfd, and no wakeup would arrive any more.
        SourceCheck.foreign("epoll_ctl(ADD)", fd, waker.owns(fd));
        int bits = toEpoll(events);
        int result = control(Epoll.EPOLL_CTL_ADD, fd, bits, token);
        if (result == -Errno.EEXIST) {
            // Left behind by a descriptor that was closed while a duplicate kept its file open, and taken up again by
            // a duplicate that got the same number (epoll(7), Q6).
            change(fileobj, fd, events, token);
            return;
        }
        Syscalls.check("epoll_ctl(ADD)", fd, result);
    }

    @Override
    public void change(Object fileobj, int fd, int events, long token) throws IOException {
        Syscalls.check("epoll_ctl(MOD)", fd, control(Epoll.EPOLL_CTL_MOD, fd, toEpoll(events), token));
    }

    @Override
    public void remove(Object fileobj, int fd, long token) {
        // Fails if the descriptor was closed, because the kernel has removed it by then.
        control(Epoll.EPOLL_CTL_DEL, fd, 0, 0);
    }

    private int control(int op, int fd, int bits, long token) {
        Epoll.set(event, bits, token);
        return Epoll.ctl(epfd, op, fd, event, errno);
    }

    @Override
    public void await(long timeoutNanos, EventSink sink) throws IOException {
        int count = waitFor(timeoutNanos);
        if (count == -Errno.EINTR) {
            return;
        }
        Syscalls.check("epoll_wait", epfd, count);
        report(count, sink);
        while (room.hasGrownFor(count)) {
            // More may be ready than had room. What the kernel has reported it puts at the end; what comes twice does
            // no harm.
            count = waitMillis(0);
            report(count, sink);
        }
    }

    private void report(int count, EventSink sink) {
        MemorySegment events = room.events();
        for (int i = 0; i < count; i++) {
            long token = Epoll.data(events, i);
            if (token != WAKE_TOKEN) {
                sink.ready(token, MEANINGS[Epoll.events(events, i) & (MEANINGS.length - 1)]);
            }
        }
    }

    private int waitFor(long timeoutNanos) {
        if (timeoutNanos == 0) {
            return waitMillis(0);
        }
        if (timeoutNanos == Long.MAX_VALUE) {
            return waitMillis(-1);
        }
        if (nanosecondWaits) {
            int count = waitNanos(timeoutNanos);
            if (count != -Errno.ENOSYS && count != -Errno.EPERM && count != -Errno.EOPNOTSUPP) {
                return count;
            }
            // Linux before 5.11, or a container's filter that does not know the call.
            nanosecondWaits = false;
        }
        return waitMillis(Timeouts.millisRoundedUp(timeoutNanos));
    }

    // The first call of each pair allocates nothing but does not say why it failed. The second one does not wait:
    // after a signal it finds what is ready by now, and every other failure is repeated.

    private int waitMillis(int timeoutMillis) {
        int count = Epoll.wait(epfd, room.events(), room.size(), timeoutMillis);
        return count >= 0 ? count : Epoll.wait(epfd, room.events(), room.size(), 0, errno);
    }

    private int waitNanos(long timeoutNanos) {
        Timespec.set(timeout, timeoutNanos);
        int count = Epoll.pwait2(epfd, room.events(), room.size(), timeout);
        if (count >= 0) {
            return count;
        }
        Timespec.set(timeout, 0);
        return Epoll.pwait2(epfd, room.events(), room.size(), timeout, errno);
    }

    @Override
    public void wakeup() {
        if (!waker.wake()) {
            // The count is full and does not change, but what is changed in the set is reported again if it is ready.
            Epoll.ctl(epfd, Epoll.EPOLL_CTL_MOD, waker.fd(), WAKE_EVENT);
        }
    }

    @Override
    public void close() {
        release(memory, room, epfd, waker);
    }

    /** In reverse order of opening; what close(2) answers does not matter, the descriptor is gone in any case. */
    private static void release(Memory memory, @Nullable EventRoom room, int epfd, @Nullable Waker waker) {
        if (waker != null) {
            waker.close();
        }
        if (epfd >= 0) {
            Unistd.close(epfd);
        }
        if (room != null) {
            room.free();
        }
        memory.free();
    }

    private static int toEpoll(int events) {
        return ((events & Events.READ) != 0 ? Epoll.EPOLLIN : 0)
                | ((events & Events.WRITE) != 0 ? Epoll.EPOLLOUT : 0)
                | ((events & Events.PRIORITY) != 0 ? Epoll.EPOLLPRI : 0)
                | ((events & Events.EDGE) != 0 ? Epoll.EPOLLET : 0);
    }

    private static short[] meanings() {
        short[] meanings = new short[2 * Epoll.EPOLLHUP];
        for (int bits = 0; bits < meanings.length; bits++) {
            meanings[bits] = (short) fromEpoll(bits);
        }
        return meanings;
    }

    private static int fromEpoll(int bits) {
        return ((bits & Epoll.EPOLLIN) != 0 ? Events.READ : 0)
                | ((bits & Epoll.EPOLLOUT) != 0 ? Events.WRITE : 0)
                | ((bits & Epoll.EPOLLPRI) != 0 ? Events.PRIORITY : 0)
                | ((bits & Epoll.EPOLLERR) != 0 ? Events.ERROR : 0)
                | ((bits & Epoll.EPOLLHUP) != 0 ? Events.HANGUP : 0);
    }
}
