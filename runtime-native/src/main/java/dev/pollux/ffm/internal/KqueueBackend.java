package dev.pollux.ffm.internal;

import dev.pollux.Events;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Fcntl;
import dev.pollux.ffm.sys.Kqueue;
import dev.pollux.ffm.sys.Timespec;
import dev.pollux.ffm.sys.Unistd;
import dev.pollux.spi.Backend;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/**
 * Watches descriptors with kqueue(2): one entry in the kernel for each direction. {@code EV_EOF} is readiness and nothing
 * more. Data may still be there, and for a direction alone the kernel does not tell a half-close from a hang-up.
 */
public final class KqueueBackend implements Backend {

    /** Events per wait. What does not fit has its turn next: the kernel puts what it has reported at the end. */
    static final int BATCH = 256;

    /** Of {@code EVFILT_USER}, whose numbers are no descriptors. */
    private static final int WAKE_IDENT = 0;

    /** The most that macOS waits (itimerfix, kern_time.c): about three years, after which the selector waits again. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(100_000_000);

    /** Never written to once filled in, and never freed, so that any number of threads may send it at any time. */
    private static final MemorySegment TRIGGER = Arena.global().allocate(Kqueue.KEVENT);

    private static final MemorySegment AT_ONCE = Arena.global().allocate(Timespec.LAYOUT);

    static {
        Kqueue.set(TRIGGER, 0, WAKE_IDENT, Kqueue.EVFILT_USER, 0, Kqueue.NOTE_TRIGGER, 0);
    }

    private final int kq;

    // Shared, because one thread after another may use a backend. A wakeup, which runs beside them, uses none of it.
    private final Arena arena;
    private final Errno errno;
    private final MemorySegment changes;
    private final MemorySegment events;
    private final MemorySegment timeout;
    private final WatchedFds watched = new WatchedFds();

    private KqueueBackend(Arena arena, Errno errno, int kq) {
        this.arena = arena;
        this.errno = errno;
        this.kq = kq;
        changes = arena.allocate(Kqueue.KEVENT, 4);
        events = arena.allocate(Kqueue.KEVENT, BATCH);
        timeout = arena.allocate(Timespec.LAYOUT);
    }

    /**
     * Opens a backend.
     *
     * @throws IOException if the kernel refuses; nothing stays open
     */
    public static KqueueBackend open() throws IOException {
        Arena arena = Arena.ofShared();
        Errno errno = new Errno(arena);
        int kq = -1;
        try {
            kq = Syscalls.check("kqueue", -1, Kqueue.kqueue(errno));
            Syscalls.check("fcntl(F_SETFD)", kq, Fcntl.fcntl(kq, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC, errno));
            KqueueBackend backend = new KqueueBackend(arena, errno, kq);
            backend.prepareWakeup();
            return backend;
        } catch (Throwable refused) {
            release(arena, errno, kq);
            throw refused;
        }
    }

    private void prepareWakeup() throws IOException {
        int flags = Kqueue.EV_ADD | Kqueue.EV_CLEAR | Kqueue.EV_RECEIPT;
        Kqueue.set(changes, 0, WAKE_IDENT, Kqueue.EVFILT_USER, flags, 0, 0);
        Syscalls.check("kevent(EVFILT_USER)", -1, apply(1, 0));
    }

    @Override
    public void add(Object fileobj, int fd, int events, long token) throws IOException {
        SourceCheck.foreign("kevent(EV_ADD)", fd, fd == kq);
        SourceCheck.stream("kevent(EV_ADD)", fd, errno);
        replace(fd, Events.NONE, 0, events, token);
    }

    @Override
    public void change(Object fileobj, int fd, int events, long token) throws IOException {
        replace(fd, watched.events(fd), watched.token(fd), events, token);
    }

    @Override
    public void remove(Object fileobj, int fd, long token) {
        // Refused if the descriptor was closed, for then the kernel has removed both entries by itself.
        update(fd, watched.events(fd), Events.NONE, 0);
        watched.set(fd, Events.NONE, 0);
    }

    /** Takes back what was done if one of the two entries is refused. */
    private void replace(int fd, int oldEvents, long oldToken, int newEvents, long newToken) throws IOException {
        int result = update(fd, oldEvents, newEvents, newToken);
        if (result < 0) {
            update(fd, newEvents, oldEvents, oldToken);
        }
        Syscalls.check("kevent(EV_ADD)", fd, result);
        watched.set(fd, newEvents, newToken);
    }

    /**
     * Makes the entries for {@code from} into those for {@code to}. Whether an entry is edge-triggered is settled when it is
     * added (FreeBSD, kern_event.c, kqueue_register), so for another mode it is made anew.
     */
    private int update(int fd, int from, int to, long token) {
        boolean edge = (to & Events.EDGE) != 0;
        int unfit = ((from ^ to) & Events.EDGE) != 0 ? from : from & ~to;
        int removed = put(0, fd, unfit, Kqueue.EV_DELETE, 0);
        int count = put(removed, fd, to, edge ? Kqueue.EV_ADD | Kqueue.EV_CLEAR : Kqueue.EV_ADD, token);
        return apply(count, removed);
    }

    private int put(int index, int fd, int directions, int flags, long token) {
        int end = index;
        if ((directions & Events.READ) != 0) {
            Kqueue.set(changes, end++, fd, Kqueue.EVFILT_READ, flags | Kqueue.EV_RECEIPT, 0, token);
        }
        if ((directions & Events.WRITE) != 0) {
            Kqueue.set(changes, end++, fd, Kqueue.EVFILT_WRITE, flags | Kqueue.EV_RECEIPT, 0, token);
        }
        return end;
    }

    /**
     * Applies changes, each of which is answered by a receipt in its place, so that none hides another's failure and no
     * event is taken. What became of the first {@code removed} does not matter.
     */
    private int apply(int count, int removed) {
        int receipts = Kqueue.kevent(kq, changes, count, changes, count, AT_ONCE, errno);
        if (receipts == -Errno.EINTR) {
            return 0; // Comes after all changes are made (kqueue(2), ERRORS).
        }
        for (int i = removed; i < receipts; i++) {
            if (Kqueue.data(changes, i) != 0) {
                return -(int) Kqueue.data(changes, i);
            }
        }
        return receipts;
    }

    @Override
    public void await(long timeoutNanos, EventSink sink) throws IOException {
        int count = waitFor(timeoutNanos);
        if (count == -Errno.EINTR) {
            return;
        }
        Syscalls.check("kevent", kq, count);
        for (int i = 0; i < count; i++) {
            int filter = Kqueue.filter(events, i);
            // A wakeup has been taken by being reported.
            if (filter != Kqueue.EVFILT_USER) {
                sink.ready(Kqueue.userData(events, i), filter == Kqueue.EVFILT_READ ? Events.READ : Events.WRITE);
            }
        }
    }

    // The first call allocates nothing but does not tell why it is refused. The second one does not wait: after a
    // signal it
    // finds what is ready by now, and every other refusal is repeated.
    private int waitFor(long timeoutNanos) {
        MemorySegment limit = MemorySegment.NULL;
        if (timeoutNanos != Long.MAX_VALUE) {
            Timespec.set(timeout, Math.min(timeoutNanos, LONGEST_NANOS));
            limit = timeout;
        }
        int count = Kqueue.kevent(kq, MemorySegment.NULL, 0, events, BATCH, limit);
        return count >= 0 ? count : Kqueue.kevent(kq, MemorySegment.NULL, 0, events, BATCH, AT_ONCE, errno);
    }

    @Override
    public void wakeup() {
        Kqueue.kevent(kq, TRIGGER, 1, MemorySegment.NULL, 0, AT_ONCE);
    }

    @Override
    public void close() {
        release(arena, errno, kq);
    }

    /** What close(2) answers does not matter, the descriptor is gone in any case. */
    private static void release(Arena arena, Errno errno, int kq) {
        if (kq >= 0) {
            Unistd.close(kq, errno);
        }
        arena.close();
    }
}
