package dev.pollux.ffm.internal;

import dev.pollux.Events;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Fcntl;
import dev.pollux.ffm.sys.Kqueue;
import dev.pollux.ffm.sys.Timespec;
import dev.pollux.ffm.sys.Unistd;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches descriptors with kqueue(2): one entry in the kernel for each direction. {@code EV_EOF} is readiness and nothing
 * more. Data may still be there, and for a direction alone the kernel does not distinguish a half-close from a hang-up.
 */
public final class KqueueBackend implements Backend {

    /** Of {@code EVFILT_USER}, whose numbers are no descriptors. The others are a slot plus 1. */
    private static final int WAKE_IDENT = 0;

    /**
     * With the events of a source: in place of its entry for WRITE it has one of {@code EVFILT_USER} that stays triggered,
     * because it is a pipe without a reader.
     */
    private static final int READERLESS = 1 << 7;

    /** A change may delete three entries and add two. */
    private static final int MOST_CHANGES = 5;

    private static final int FIRST_CAPACITY = 64;

    /** The most that macOS waits (itimerfix, kern_time.c): about three years, after which the selector waits again. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(100_000_000);

    /** Never written to once filled in, and never freed, so that any number of threads may send it at any time. */
    private static final MemorySegment TRIGGER = Arena.global().allocate(Kqueue.KEVENT);

    private static final MemorySegment AT_ONCE = Arena.global().allocate(Timespec.BYTES, Long.BYTES);

    static {
        Kqueue.set(TRIGGER, 0, WAKE_IDENT, Kqueue.EVFILT_USER, 0, Kqueue.NOTE_TRIGGER, 0);
    }

    private final int kq;

    // Of one thread after another. A wakeup, which runs beside them, uses none of it.
    private final Memory memory;
    private final Errno errno;
    private final MemorySegment changes;
    private final MemorySegment timeout;
    private final EventRoom room;

    /** By slot: the entries that the kernel has, as the events that they are for. */
    private byte[] watched = new byte[FIRST_CAPACITY];

    private KqueueBackend(Memory memory, Errno errno, EventRoom room, int kq) {
        this.memory = memory;
        this.errno = errno;
        this.kq = kq;
        this.room = room;
        changes = memory.allocate(Kqueue.KEVENT, MOST_CHANGES);
        timeout = memory.allocate(Timespec.BYTES, Long.BYTES);
    }

    /**
     * Opens a backend.
     *
     * @throws IOException if a system call fails; nothing stays open
     */
    public static KqueueBackend open(BackendOptions options) throws IOException {
        Memory memory = Memory.of(Memory.PAGE_BYTES);
        EventRoom room = null;
        int kq = -1;
        try {
            room = new EventRoom(Kqueue.KEVENT.byteSize(), options);
            Errno errno = new Errno(memory);
            kq = Syscalls.check("kqueue", -1, Kqueue.kqueue(errno));
            Syscalls.check("fcntl(F_SETFD)", kq, Fcntl.fcntl(kq, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC, errno));
            KqueueBackend backend = new KqueueBackend(memory, errno, room, kq);
            backend.prepareWakeup();
            return backend;
        } catch (Throwable failure) {
            release(memory, room, kq);
            throw failure;
        }
    }

    private void prepareWakeup() throws IOException {
        int flags = Kqueue.EV_ADD | Kqueue.EV_CLEAR | Kqueue.EV_RECEIPT;
        Kqueue.set(changes, 0, WAKE_IDENT, Kqueue.EVFILT_USER, flags, 0, 0);
        int receipts = apply(1);
        Syscalls.check("kevent(EVFILT_USER)", -1, receipts > 0 ? -error(0) : receipts);
    }

    @Override
    public int descriptor() {
        return kq;
    }

    @Override
    public void add(Object fileobj, int fd, int events, long token) throws IOException {
        SourceCheck.foreign("kevent(EV_ADD)", fd, fd == kq);
        SourceCheck.stream("kevent(EV_ADD)", fd, errno);
        replace(fd, events, token);
    }

    @Override
    public void change(Object fileobj, int fd, int events, long token) throws IOException {
        replace(fd, events, token);
    }

    @Override
    public void remove(Object fileobj, int fd, long token) {
        // Fails if the descriptor was closed, because the kernel has removed its entries by then.
        update(fd, Events.NONE, token);
        watched[Slots.of(token)] = Events.NONE;
    }

    /** Goes back to what was watched before if one of the entries fails. */
    private void replace(int fd, int events, long token) throws IOException {
        int slot = Slots.of(token);
        if (slot >= watched.length) {
            watched = Arrays.copyOf(watched, Slots.grown(watched.length, slot));
        }
        int before = Byte.toUnsignedInt(watched[slot]);
        int result = update(fd, events, token);
        if (result < 0) {
            int wanted = (before & READERLESS) != 0 ? before | Events.WRITE : before;
            update(fd, wanted & ~READERLESS, token);
        }
        Syscalls.check("kevent(EV_ADD)", fd, result);
    }

    /**
     * Makes the entries of a source into those for {@code to}, and notes which of them the kernel has afterwards. Whether an
     * entry is edge-triggered is settled when it is added (FreeBSD, kern_event.c, kqueue_register), so for another mode it
     * is made anew.
     *
     * @return the negated error number of the first entry that failed, or 0
     */
    private int update(int fd, int to, long token) {
        int slot = Slots.of(token);
        int from = Byte.toUnsignedInt(watched[slot]);
        int mode = to & Events.EDGE;
        int unfit = (from & Events.EDGE) != mode ? from : from & ~to;
        int removed = put(0, fd, unfit, Kqueue.EV_DELETE, token);
        int count = put(removed, fd, to, Kqueue.EV_ADD | (mode != 0 ? Kqueue.EV_CLEAR : 0), token);
        int receipts = apply(count);
        int present = from;
        int failure = Math.min(receipts, 0);
        boolean readerless = false;
        for (int i = 0; i < receipts; i++) {
            int entry = entry(Kqueue.filter(changes, i));
            int error = error(i);
            if (i < removed) {
                // One that cannot be removed is not there any more.
                present &= ~entry;
            } else if (error == 0) {
                present |= entry;
            } else if (entry == Events.WRITE && isReaderless(fd, error)) {
                present &= ~entry;
                readerless = true;
            } else {
                present = error == Errno.EBADF ? present & ~entry : present;
                failure = failure == 0 ? -error : failure;
            }
        }
        watched[slot] = (byte) ((present & ~Events.EDGE) | (receipts < 0 ? from & Events.EDGE : mode));
        return readerless && failure == 0 ? addReaderless(slot, mode, token) : failure;
    }

    private int addReaderless(int slot, int mode, long token) {
        int flags = Kqueue.EV_ADD | Kqueue.EV_RECEIPT | (mode != 0 ? Kqueue.EV_CLEAR : 0);
        Kqueue.set(changes, 0, slot + 1, Kqueue.EVFILT_USER, flags, Kqueue.NOTE_TRIGGER, token);
        int receipts = apply(1);
        int result = receipts > 0 ? -error(0) : receipts;
        if (result == 0) {
            watched[slot] |= (byte) READERLESS;
        }
        return result;
    }

    /**
     * Whether {@code EVFILT_WRITE} failed because no reader has the pipe open any more: {@code EPIPE} on FreeBSD and
     * DragonFly (sys_pipe.c, {@code pipe_kqfilter}), {@code EBADF} for an open descriptor on NetBSD.
     */
    private boolean isReaderless(int fd, int error) {
        return error == Errno.EPIPE || (error == Errno.EBADF && Fcntl.fcntl(fd, Fcntl.F_GETFD, errno) >= 0);
    }

    private int put(int index, int fd, int entries, int flags, long token) {
        int end = index;
        if ((entries & Events.READ) != 0) {
            Kqueue.set(changes, end++, fd, Kqueue.EVFILT_READ, flags | Kqueue.EV_RECEIPT, 0, token);
        }
        if ((entries & Events.WRITE) != 0) {
            Kqueue.set(changes, end++, fd, Kqueue.EVFILT_WRITE, flags | Kqueue.EV_RECEIPT, 0, token);
        }
        if ((entries & READERLESS) != 0) {
            int ident = Slots.of(token) + 1;
            Kqueue.set(changes, end++, ident, Kqueue.EVFILT_USER, flags | Kqueue.EV_RECEIPT, 0, token);
        }
        return end;
    }

    private static int entry(int filter) {
        return filter == Kqueue.EVFILT_READ ? Events.READ : filter == Kqueue.EVFILT_WRITE ? Events.WRITE : READERLESS;
    }

    /**
     * Applies changes, each of which is answered by a receipt in its place, so that none hides another's failure and no
     * event is taken. Returns the number of receipts, or a negated error number, and then no change was made.
     */
    private int apply(int count) {
        int receipts = Kqueue.kevent(kq, changes, count, changes, count, AT_ONCE, errno);
        // A signal comes after all changes are made (kqueue(2), ERRORS), and they are in place of their receipts.
        return receipts == -Errno.EINTR ? count : receipts;
    }

    /** Returns the error number of a receipt, 0 if the change was made. */
    private int error(int receipt) {
        return (int) Kqueue.data(changes, receipt);
    }

    @Override
    public void await(long timeoutNanos, EventSink sink) throws IOException {
        int count = waitFor(timeoutNanos);
        if (count == -Errno.EINTR) {
            return;
        }
        Syscalls.check("kevent", kq, count);
        report(count, sink);
        while (room.hasGrownFor(count)) {
            // More may be ready than had room. What the kernel has reported it puts at the end; what comes twice does
            // no harm.
            count = waitFor(0);
            report(count, sink);
        }
    }

    private void report(int count, EventSink sink) {
        MemorySegment events = room.events();
        for (int i = 0; i < count; i++) {
            int filter = Kqueue.filter(events, i);
            if (filter == Kqueue.EVFILT_READ) {
                sink.ready(Kqueue.userData(events, i), Events.READ);
            } else if (filter == Kqueue.EVFILT_WRITE || Kqueue.ident(events, i) != WAKE_IDENT) {
                sink.ready(Kqueue.userData(events, i), Events.WRITE);
            }
            // What is left is a wakeup, which has been taken by being reported.
        }
    }

    // The first call allocates nothing but does not say why it failed. The second one does not wait: after a signal it
    // finds what is ready by now, and every other failure is repeated.
    private int waitFor(long timeoutNanos) {
        MemorySegment limit = MemorySegment.NULL;
        if (timeoutNanos != Long.MAX_VALUE) {
            Timespec.set(timeout, Math.min(timeoutNanos, LONGEST_NANOS));
            limit = timeout;
        }
        int count = Kqueue.kevent(kq, MemorySegment.NULL, 0, room.events(), room.size(), limit);
        return count >= 0
                ? count
                : Kqueue.kevent(kq, MemorySegment.NULL, 0, room.events(), room.size(), AT_ONCE, errno);
    }

    @Override
    public void wakeup() {
        Kqueue.kevent(kq, TRIGGER, 1, MemorySegment.NULL, 0, AT_ONCE);
    }

    @Override
    public void close() {
        release(memory, room, kq);
    }

    /** What close(2) answers does not matter, the descriptor is gone in any case. */
    private static void release(Memory memory, @Nullable EventRoom room, int kq) {
        if (kq >= 0) {
            Unistd.close(kq);
        }
        if (room != null) {
            room.free();
        }
        memory.free();
    }
}
