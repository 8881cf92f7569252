package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** poll(7D) of Solaris and illumos: the device {@code /dev/poll}. It takes and gives {@link Poll#POLLFD} records. */
public final class DevPoll {

    // int open(const char *path, int oflag, ...);
    private static final MethodHandle OPEN =
            Libc.variadic("open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

    // ssize_t pwrite(int fildes, const void *buf, size_t nbyte, off_t offset);
    private static final MethodHandle PWRITE =
            Libc.call("pwrite", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));

    // int ioctl(int fildes, int request, ...);
    private static final FunctionDescriptor IOCTL_TYPE = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle IOCTL = Libc.variadic("ioctl", 2, IOCTL_TYPE);
    private static final MethodHandle HOT_IOCTL = Libc.variadicWithoutErrno("ioctl", 2, IOCTL_TYPE);

    private static final MemorySegment PATH = Arena.global().allocateFrom("/dev/poll");

    private static final int O_RDWR = 2; // sys/fcntl.h

    public static final int POLLREMOVE = 0x0800; // sys/poll.h

    static final int DP_POLL = 0xD0 << 8 | 1; // sys/devpoll.h: DPIOC | 1

    /** {@code struct dvpoll}, sys/devpoll.h. */
    public static final StructLayout DVPOLL = MemoryLayout.structLayout(
            ADDRESS.withName("dp_fds"),
            JAVA_LONG.withName("dp_nfds"),
            JAVA_INT.withName("dp_timeout"),
            MemoryLayout.paddingLayout(4));

    private static final VarHandle FDS =
            DVPOLL.varHandle(PathElement.groupElement("dp_fds")).withInvokeExactBehavior();
    private static final VarHandle NFDS =
            DVPOLL.varHandle(PathElement.groupElement("dp_nfds")).withInvokeExactBehavior();
    private static final VarHandle TIMEOUT =
            DVPOLL.varHandle(PathElement.groupElement("dp_timeout")).withInvokeExactBehavior();

    private DevPoll() {}

    public static int open(Errno errno) {
        try {
            return errno.orNegated((int) OPEN.invokeExact(errno.state(), PATH, O_RDWR));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Returns how many bytes of the first {@code count} records were taken. */
    public static int write(int dpfd, MemorySegment records, int count, Errno errno) {
        long size = count * Poll.POLLFD.byteSize();
        try {
            return errno.orNegated((int) (long) PWRITE.invokeExact(errno.state(), dpfd, records, size, 0L));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Returns the number of ready descriptors. May block. */
    public static int poll(int dpfd, MemorySegment wanted, Errno errno) {
        try {
            return errno.orNegated((int) IOCTL.invokeExact(errno.state(), dpfd, DP_POLL, wanted));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Waits like {@link #poll(int, MemorySegment, Errno)}; −1 if refused. */
    public static int poll(int dpfd, MemorySegment wanted) {
        try {
            return (int) HOT_IOCTL.invokeExact(dpfd, DP_POLL, wanted);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Fills in a {@link #DVPOLL}; −1 ms means no limit. */
    public static void set(MemorySegment wanted, MemorySegment fds, int count, int timeoutMillis) {
        FDS.set(wanted, 0L, fds);
        NFDS.set(wanted, 0L, (long) count);
        TIMEOUT.set(wanted, 0L, timeoutMillis);
    }
}
