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

    /** Whether epoll_pwait2(2) is allowed; the kernel and its filters are the same for the whole process. */
    static volatile boolean nanosecondWaits = true;

    private final int epfd;
    private final Waker waker;

    // Shared, because one thread after another may use a backend. A wakeup, which runs beside them, uses none of it.
    private final Arena arena;
    private final Errno errno;
    private final MemorySegment event;
    private final MemorySegment events;
    private final MemorySegment timeout;

    /** Events per wait. What does not fit has its turn next: the kernel puts what it has reported at the end. */
    private final int batch;

    private EpollBackend(Arena arena, Errno errno, int epfd, Waker waker, int batch) {
        this.arena = arena;
        this.errno = errno;
        this.epfd = epfd;
        this.waker = waker;
        this.batch = batch;
        event = arena.allocate(Epoll.EVENT);
        events = arena.allocate(Epoll.EVENT, batch);
        timeout = arena.allocate(Timespec.LAYOUT);
    }

    /**
     * Opens a backend.
     *
     * @throws IOException if a system call fails; nothing stays open
     */
    public static EpollBackend open(BackendOptions options) throws IOException {
        Arena arena = Arena.ofShared();
        Errno errno = new Errno(arena);
        int epfd = -1;
        Waker waker = null;
        try {
            epfd = Syscalls.check("epoll_create1", -1, Epoll.create1(Epoll.EPOLL_CLOEXEC, errno));
            waker = EventFdWaker.open(arena, errno);
            EpollBackend backend = new EpollBackend(arena, errno, epfd, waker, Slots.eventsPerWait(options));
            int fd = waker.fd();
            Syscalls.check("epoll_ctl(ADD)", fd, backend.control(Epoll.EPOLL_CTL_ADD, fd, Epoll.EPOLLIN, WAKE_TOKEN));
            return backend;
        } catch (Throwable failure) {
            release(arena, errno, epfd, waker);
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
        boolean woken = false;
        for (int i = 0; i < count; i++) {
            long token = Epoll.data(events, i);
            if (token == WAKE_TOKEN) {
                woken = true;
            } else {
                sink.ready(token, fromEpoll(Epoll.events(events, i)));
            }
        }
        // One read takes all wakeups. Those that come in between have ended this wait, which has not returned yet.
        if (woken) {
            waker.consume();
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
        int count = Epoll.wait(epfd, events, batch, timeoutMillis);
        return count >= 0 ? count : Epoll.wait(epfd, events, batch, 0, errno);
    }

    private int waitNanos(long timeoutNanos) {
        Timespec.set(timeout, timeoutNanos);
        int count = Epoll.pwait2(epfd, events, batch, timeout);
        if (count >= 0) {
            return count;
        }
        Timespec.set(timeout, 0);
        return Epoll.pwait2(epfd, events, batch, timeout, errno);
    }

    @Override
    public void wakeup() {
        waker.wake();
    }

    @Override
    public void close() {
        release(arena, errno, epfd, waker);
    }

    /** In reverse order of opening; what close(2) answers does not matter, the descriptor is gone in any case. */
    private static void release(Arena arena, Errno errno, int epfd, @Nullable Waker waker) {
        if (waker != null) {
            waker.close();
        }
        if (epfd >= 0) {
            Unistd.close(epfd, errno);
        }
        arena.close();
    }

    private static int toEpoll(int events) {
        return ((events & Events.READ) != 0 ? Epoll.EPOLLIN : 0)
                | ((events & Events.WRITE) != 0 ? Epoll.EPOLLOUT : 0)
                | ((events & Events.PRIORITY) != 0 ? Epoll.EPOLLPRI : 0)
                | ((events & Events.EDGE) != 0 ? Epoll.EPOLLET : 0);
    }

    private static int fromEpoll(int bits) {
        return ((bits & Epoll.EPOLLIN) != 0 ? Events.READ : 0)
                | ((bits & Epoll.EPOLLOUT) != 0 ? Events.WRITE : 0)
                | ((bits & Epoll.EPOLLPRI) != 0 ? Events.PRIORITY : 0)
                | ((bits & Epoll.EPOLLERR) != 0 ? Events.ERROR : 0)
                | ((bits & Epoll.EPOLLHUP) != 0 ? Events.HANGUP : 0);
    }
}
