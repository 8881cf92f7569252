package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** epoll(7). */
public final class Epoll {

    // int epoll_create1(int flags);
    private static final Syscall CREATE1 = Syscall.of("epoll_create1", 291, 20);

    // int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event);
    private static final Syscall CTL = Syscall.of("epoll_ctl", 233, 21);

    // int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout);
    // AArch64 has only epoll_pwait(2), which does the same if two more arguments are 0.
    private static final Syscall WAIT = Syscall.of("epoll_wait", 232, 22);

    // int epoll_pwait2(int epfd, struct epoll_event *events, int maxevents, const struct timespec *timeout,
    //                  const sigset_t *sigmask, size_t sigsetsize);
    // Linux 5.11. The C library need not have it.
    private static final Syscall PWAIT2 = Syscall.of("epoll_pwait2", 441, 441);

    public static final int EPOLL_CLOEXEC = 0x80000; // linux/eventpoll.h: O_CLOEXEC, not FD_CLOEXEC

    public static final int EPOLL_CTL_ADD = 1; // linux/eventpoll.h
    public static final int EPOLL_CTL_DEL = 2;
    public static final int EPOLL_CTL_MOD = 3;

    public static final int EPOLLIN = 0x001; // linux/eventpoll.h
    public static final int EPOLLPRI = 0x002;
    public static final int EPOLLOUT = 0x004;
    public static final int EPOLLERR = 0x008;
    public static final int EPOLLHUP = 0x010;
    public static final int EPOLLET = 1 << 31;

    /**
     * The size of {@code struct epoll_event}: {@code uint32_t events}, then {@code uint64_t data}, without a gap on x86-64 only
     * (linux/eventpoll.h, EPOLL_PACKED). No {@code MemoryLayout}, which would cost the start of a process milliseconds.
     */
    public static final int EVENT_BYTES = Abi.X86_64 ? 12 : 16;

    private static final int DATA = Abi.X86_64 ? 4 : 8;

    private Epoll() {}

    public static int create1(int flags, Errno errno) {
        return CREATE1.call(errno, flags, 0, 0, 0, 0, 0);
    }

    public static int ctl(int epfd, int op, int fd, MemorySegment event, Errno errno) {
        return CTL.call(errno, epfd, op, fd, event.address(), 0, 0);
    }

    /** Does the same; −1 if refused. Any number of threads may call at once. */
    public static int ctl(int epfd, int op, int fd, MemorySegment event) {
        return (int) CTL.call(epfd, op, fd, event.address(), 0, 0);
    }

    /** Returns the number of ready events. May block, and does so twice if it fails; −1 ms means no limit. */
    public static int wait(int epfd, MemorySegment events, int maxEvents, int timeoutMillis, Errno errno) {
        return WAIT.call(errno, epfd, events.address(), maxEvents, timeoutMillis, 0, 0);
    }

    /** Waits like {@link #wait(int, MemorySegment, int, int, Errno)}; −1 if refused. */
    public static int wait(int epfd, MemorySegment events, int maxEvents, int timeoutMillis) {
        return (int) WAIT.call(epfd, events.address(), maxEvents, timeoutMillis, 0, 0);
    }

    /** Waits like {@link #wait(int, MemorySegment, int, int, Errno)}, for a {@link Timespec}; no signal mask. */
    public static int pwait2(int epfd, MemorySegment events, int maxEvents, MemorySegment timeout, Errno errno) {
        return PWAIT2.call(errno, epfd, events.address(), maxEvents, timeout.address(), 0, 0);
    }

    /** Waits like {@link #pwait2(int, MemorySegment, int, MemorySegment, Errno)}; −1 if refused. */
    public static int pwait2(int epfd, MemorySegment events, int maxEvents, MemorySegment timeout) {
        return (int) PWAIT2.call(epfd, events.address(), maxEvents, timeout.address(), 0, 0);
    }

    /** Fills in an event of {@link #EVENT_BYTES}. */
    public static void set(MemorySegment event, int events, long data) {
        event.set(JAVA_INT, 0, events);
        event.set(JAVA_LONG_UNALIGNED, DATA, data);
    }

    /** Returns the bits of the event at {@code index} in an array. */
    public static int events(MemorySegment events, int index) {
        return events.get(JAVA_INT, (long) index * EVENT_BYTES);
    }

    /** Returns the user data of the event at {@code index} in an array. */
    public static long data(MemorySegment events, int index) {
        return events.get(JAVA_LONG_UNALIGNED, (long) index * EVENT_BYTES + DATA);
    }
}
