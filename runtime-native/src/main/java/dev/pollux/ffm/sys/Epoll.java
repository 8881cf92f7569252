package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** epoll(7). */
public final class Epoll {

    // int epoll_create1(int flags);
    private static final MethodHandle CREATE1 = Libc.call("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    // int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event);
    private static final MethodHandle CTL =
            Libc.call("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));

    // int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout);
    private static final FunctionDescriptor WAIT_TYPE =
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle WAIT = Libc.call("epoll_wait", WAIT_TYPE);
    private static final MethodHandle HOT_WAIT = Libc.callWithoutErrno("epoll_wait", WAIT_TYPE);

    // long syscall(long number, ...);
    // int epoll_pwait2(int epfd, struct epoll_event *events, int maxevents, const struct timespec *timeout,
    //                  const sigset_t *sigmask, size_t sigsetsize);
    // By number, because glibc has the function from 2.35 on only and musl not at all.
    private static final FunctionDescriptor PWAIT2_TYPE =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
    private static final MethodHandle PWAIT2 = Libc.variadic("syscall", 1, PWAIT2_TYPE);
    private static final MethodHandle HOT_PWAIT2 = Libc.variadicWithoutErrno("syscall", 1, PWAIT2_TYPE);

    /** asm-generic/unistd.h, Linux 5.11; the same on every processor that Java runs on. */
    private static final long SYS_EPOLL_PWAIT2 = 441;

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

    /** {@code struct epoll_event}: packed on x86-64 only (linux/eventpoll.h, EPOLL_PACKED). */
    public static final StructLayout EVENT = Abi.X86_64
            ? MemoryLayout.structLayout(JAVA_INT.withName("events"), JAVA_LONG_UNALIGNED.withName("data"))
            : MemoryLayout.structLayout(
                    JAVA_INT.withName("events"), MemoryLayout.paddingLayout(4), JAVA_LONG.withName("data"));

    private static final VarHandle EVENTS =
            EVENT.arrayElementVarHandle(PathElement.groupElement("events")).withInvokeExactBehavior();
    private static final VarHandle DATA =
            EVENT.arrayElementVarHandle(PathElement.groupElement("data")).withInvokeExactBehavior();

    private Epoll() {}

    public static int create1(int flags, Errno errno) {
        try {
            return errno.orNegated((int) CREATE1.invokeExact(errno.state(), flags));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int ctl(int epfd, int op, int fd, MemorySegment event, Errno errno) {
        try {
            return errno.orNegated((int) CTL.invokeExact(errno.state(), epfd, op, fd, event));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Returns the number of ready events. May block; −1 ms means no limit. */
    public static int wait(int epfd, MemorySegment events, int maxEvents, int timeoutMillis, Errno errno) {
        try {
            return errno.orNegated((int) WAIT.invokeExact(errno.state(), epfd, events, maxEvents, timeoutMillis));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Waits like {@link #wait(int, MemorySegment, int, int, Errno)}; −1 if refused. */
    public static int wait(int epfd, MemorySegment events, int maxEvents, int timeoutMillis) {
        try {
            return (int) HOT_WAIT.invokeExact(epfd, events, maxEvents, timeoutMillis);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Waits like {@link #wait(int, MemorySegment, int, int, Errno)}, for a {@link Timespec}; no signal mask. */
    public static int pwait2(int epfd, MemorySegment events, int maxEvents, MemorySegment timeout, Errno errno) {
        try {
            return errno.orNegated((int) (long) PWAIT2.invokeExact(
                    errno.state(), SYS_EPOLL_PWAIT2, epfd, events, maxEvents, timeout, MemorySegment.NULL, 0L));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Waits like {@link #pwait2(int, MemorySegment, int, MemorySegment, Errno)}; −1 if refused. */
    public static int pwait2(int epfd, MemorySegment events, int maxEvents, MemorySegment timeout) {
        try {
            return (int) (long)
                    HOT_PWAIT2.invokeExact(SYS_EPOLL_PWAIT2, epfd, events, maxEvents, timeout, MemorySegment.NULL, 0L);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Fills in an {@link #EVENT}. */
    public static void set(MemorySegment event, int events, long data) {
        EVENTS.set(event, 0L, 0L, events);
        DATA.set(event, 0L, 0L, data);
    }

    /** Returns the bits of the event at {@code index} in an array. */
    public static int events(MemorySegment events, int index) {
        return (int) EVENTS.get(events, 0L, (long) index);
    }

    /** Returns the user data of the event at {@code index} in an array. */
    public static long data(MemorySegment events, int index) {
        return (long) DATA.get(events, 0L, (long) index);
    }
}
