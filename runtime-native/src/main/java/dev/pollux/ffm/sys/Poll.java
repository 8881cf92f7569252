package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/** poll(2). */
public final class Poll {

    // int poll(struct pollfd *fds, nfds_t nfds, int timeout);
    // AArch64 has only ppoll.
    private static final Syscall POLL = Syscall.of("poll", 7, -1);

    /** Apart, because macOS has no such function. */
    private static final class OnLinux {

        // int ppoll(struct pollfd *fds, nfds_t nfds, struct timespec *tmo_p, const sigset_t *sigmask, size_t
        // sigsetsize);
        static final Syscall PPOLL = Syscall.of("ppoll", 271, 73);
    }

    public static final int POLLIN = 0x001; // asm-generic/poll.h; sys/poll.h of macOS, the same
    public static final int POLLPRI = 0x002;
    public static final int POLLOUT = 0x004;
    public static final int POLLERR = 0x008;
    public static final int POLLHUP = 0x010;
    public static final int POLLNVAL = 0x020;
    public static final int POLLRDBAND = 0x080; // asm-generic/poll.h

    /** {@code struct pollfd}: asm-generic/poll.h; sys/poll.h of macOS, the same. */
    public static final StructLayout POLLFD = MemoryLayout.structLayout(
            JAVA_INT.withName("fd"), JAVA_SHORT.withName("events"), JAVA_SHORT.withName("revents"));

    private static final long SIZE = POLLFD.byteSize();
    private static final long EVENTS = POLLFD.byteOffset(PathElement.groupElement("events"));
    private static final long REVENTS = POLLFD.byteOffset(PathElement.groupElement("revents"));

    private Poll() {}

    /** Returns the number of entries with something in {@code revents}. May block, and does so twice if it fails; −1 ms means no limit. */
    public static int poll(MemorySegment fds, long count, int timeoutMillis, Errno errno) {
        return POLL.call(errno, fds.address(), count, timeoutMillis, 0, 0, 0);
    }

    /** Waits like {@link #poll(MemorySegment, long, int, Errno)}; −1 if refused. */
    public static int poll(MemorySegment fds, long count, int timeoutMillis) {
        return (int) POLL.call(fds.address(), count, timeoutMillis, 0, 0, 0);
    }

    /**
     * Waits like {@link #poll(MemorySegment, long, int, Errno)}, for a {@link Timespec}, which is what is left of it
     * afterwards; no signal mask. Linux only.
     */
    public static int ppoll(MemorySegment fds, long count, MemorySegment timeout, Errno errno) {
        return OnLinux.PPOLL.call(errno, fds.address(), count, timeout.address(), 0, 0, 0);
    }

    /** Waits like {@link #ppoll(MemorySegment, long, MemorySegment, Errno)}; −1 if refused. */
    public static int ppoll(MemorySegment fds, long count, MemorySegment timeout) {
        return (int) OnLinux.PPOLL.call(fds.address(), count, timeout.address(), 0, 0, 0);
    }

    /** Fills in the {@link #POLLFD} at {@code index} in an array. */
    public static void set(MemorySegment fds, int index, int fd, int events) {
        long at = index * SIZE;
        fds.set(JAVA_INT, at, fd);
        fds.set(JAVA_SHORT, at + EVENTS, (short) events);
        fds.set(JAVA_SHORT, at + REVENTS, (short) 0);
    }

    public static int fd(MemorySegment fds, int index) {
        return fds.get(JAVA_INT, index * SIZE);
    }

    public static int events(MemorySegment fds, int index) {
        return fds.get(JAVA_SHORT, index * SIZE + EVENTS);
    }

    public static int revents(MemorySegment fds, int index) {
        return fds.get(JAVA_SHORT, index * SIZE + REVENTS);
    }
}
