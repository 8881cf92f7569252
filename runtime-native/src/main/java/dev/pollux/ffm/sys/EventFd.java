package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** eventfd(2). */
public final class EventFd {

    // int eventfd(unsigned int initval, int flags);
    private static final MethodHandle EVENTFD =
            Libc.call("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    // int eventfd_read(int fd, eventfd_t *value);
    private static final FunctionDescriptor READ_TYPE = FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle READ = Libc.call("eventfd_read", READ_TYPE);
    private static final MethodHandle HOT_READ = Libc.callWithoutErrno("eventfd_read", READ_TYPE);

    // int eventfd_write(int fd, eventfd_t value);
    private static final MethodHandle WRITE =
            Libc.callWithoutErrno("eventfd_write", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));

    public static final int EFD_NONBLOCK = 0x800; // bits/eventfd.h: O_NONBLOCK
    public static final int EFD_CLOEXEC = 0x80000; // bits/eventfd.h: O_CLOEXEC

    private EventFd() {}

    public static int eventfd(int initialValue, int flags, Errno errno) {
        try {
            return errno.orNegated((int) EVENTFD.invokeExact(errno.state(), initialValue, flags));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Takes the whole count and puts it into {@code value}, eight bytes. */
    public static int read(int fd, MemorySegment value, Errno errno) {
        try {
            return errno.orNegated((int) READ.invokeExact(errno.state(), fd, value));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Takes the count like {@link #read(int, MemorySegment, Errno)}; −1 if refused. */
    public static int read(int fd, MemorySegment value) {
        try {
            return (int) HOT_READ.invokeExact(fd, value);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Adds to the count; −1 if refused, which on an open non-blocking eventfd can only mean that the count is full. Uses
     * no memory, so any number of threads may call at once.
     */
    public static int write(int fd, long value) {
        try {
            return (int) WRITE.invokeExact(fd, value);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
