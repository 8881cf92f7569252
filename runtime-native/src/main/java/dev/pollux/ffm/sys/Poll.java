package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** poll(2). */
public final class Poll {

    /** {@code unsigned long} on Linux, {@code unsigned int} on macOS (sys/poll.h of each). */
    private static final ValueLayout NFDS_T = Abi.LINUX ? JAVA_LONG : JAVA_INT;

    // int poll(struct pollfd *fds, nfds_t nfds, int timeout);
    private static final FunctionDescriptor POLL_TYPE = FunctionDescriptor.of(JAVA_INT, ADDRESS, NFDS_T, JAVA_INT);
    private static final MethodHandle POLL = withLongCount(Libc.call("poll", POLL_TYPE), 2);
    private static final MethodHandle HOT_POLL = withLongCount(Libc.callWithoutErrno("poll", POLL_TYPE), 1);

    /** Apart, because macOS has no such function. */
    private static final class OnLinux {

        // int ppoll(struct pollfd *fds, nfds_t nfds, const struct timespec *tmo_p, const sigset_t *sigmask);
        private static final FunctionDescriptor PPOLL_TYPE =
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
        static final MethodHandle PPOLL = Libc.call("ppoll", PPOLL_TYPE);
        static final MethodHandle HOT_PPOLL = Libc.callWithoutErrno("ppoll", PPOLL_TYPE);
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

    private static final VarHandle FD =
            POLLFD.arrayElementVarHandle(PathElement.groupElement("fd")).withInvokeExactBehavior();
    private static final VarHandle EVENTS =
            POLLFD.arrayElementVarHandle(PathElement.groupElement("events")).withInvokeExactBehavior();
    private static final VarHandle REVENTS =
            POLLFD.arrayElementVarHandle(PathElement.groupElement("revents")).withInvokeExactBehavior();

    private Poll() {}

    private static MethodHandle withLongCount(MethodHandle call, int parameter) {
        return MethodHandles.explicitCastArguments(call, call.type().changeParameterType(parameter, long.class));
    }

    /** Returns the number of entries with something in {@code revents}. May block; −1 ms means no limit. */
    public static int poll(MemorySegment fds, long count, int timeoutMillis, Errno errno) {
        try {
            return errno.orNegated((int) POLL.invokeExact(errno.state(), fds, count, timeoutMillis));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Waits like {@link #poll(MemorySegment, long, int, Errno)}; −1 if refused. */
    public static int poll(MemorySegment fds, long count, int timeoutMillis) {
        try {
            return (int) HOT_POLL.invokeExact(fds, count, timeoutMillis);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Waits like {@link #poll(MemorySegment, long, int, Errno)}, for a {@link Timespec}; no signal mask. Linux only. */
    public static int ppoll(MemorySegment fds, long count, MemorySegment timeout, Errno errno) {
        try {
            return errno.orNegated(
                    (int) OnLinux.PPOLL.invokeExact(errno.state(), fds, count, timeout, MemorySegment.NULL));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Waits like {@link #ppoll(MemorySegment, long, MemorySegment, Errno)}; −1 if refused. */
    public static int ppoll(MemorySegment fds, long count, MemorySegment timeout) {
        try {
            return (int) OnLinux.HOT_PPOLL.invokeExact(fds, count, timeout, MemorySegment.NULL);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Fills in the {@link #POLLFD} at {@code index} in an array. */
    public static void set(MemorySegment fds, int index, int fd, int events) {
        FD.set(fds, 0L, (long) index, fd);
        EVENTS.set(fds, 0L, (long) index, (short) events);
        REVENTS.set(fds, 0L, (long) index, (short) 0);
    }

    public static int fd(MemorySegment fds, int index) {
        return (int) FD.get(fds, 0L, (long) index);
    }

    public static int events(MemorySegment fds, int index) {
        return (short) EVENTS.get(fds, 0L, (long) index);
    }

    public static int revents(MemorySegment fds, int index) {
        return (short) REVENTS.get(fds, 0L, (long) index);
    }
}
