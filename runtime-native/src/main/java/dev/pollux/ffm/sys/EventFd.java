package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** eventfd(2). */
public final class EventFd {

    // int eventfd(unsigned int initval, int flags);
    // The kernel calls it eventfd2; its eventfd takes no flags.
    private static final Syscall EVENTFD = Syscall.of("eventfd", 290, 19);

    // ssize_t read(int fd, void *buf, size_t count);
    private static final Syscall READ = Syscall.of("read", 0, 63);

    // ssize_t write(int fd, const void *buf, size_t count);
    private static final Syscall WRITE = Syscall.of("write", 1, 64);

    private static final long COUNT_BYTES = 8; // eventfd_t, sys/eventfd.h

    /** Never changed and never freed, so that any number of threads may send it at any time. */
    private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_LONG, 1);

    public static final int EFD_NONBLOCK = 0x800; // bits/eventfd.h: O_NONBLOCK
    public static final int EFD_CLOEXEC = 0x80000; // bits/eventfd.h: O_CLOEXEC

    private EventFd() {}

    public static int eventfd(int initialValue, int flags, Errno errno) {
        return EVENTFD.call(errno, initialValue, flags, 0, 0, 0, 0);
    }

    /** Takes the whole count and puts it into {@code value}, eight bytes. */
    public static int read(int fd, MemorySegment value, Errno errno) {
        return READ.call(errno, fd, value.address(), COUNT_BYTES, 0, 0, 0);
    }

    /** Takes the count like {@link #read(int, MemorySegment, Errno)}; −1 if refused. */
    public static int read(int fd, MemorySegment value) {
        return (int) READ.call(fd, value.address(), COUNT_BYTES, 0, 0, 0);
    }

    /**
     * Adds 1 to the count; −1 if refused, which on an open non-blocking eventfd can only mean that the count is full. Any
     * number of threads may call at once.
     */
    public static int increment(int fd) {
        return (int) WRITE.call(fd, ONE.address(), COUNT_BYTES, 0, 0, 0);
    }

    /** Adds to the count like {@link #increment}. */
    public static int write(int fd, long value) {
        try {
            return (int) (long) AnyValue.WRITE.invokeExact((long) fd, value, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Apart, because no selector needs it. By name, because the kernel wants the value in memory. */
    private static final class AnyValue {

        // int eventfd_write(int fd, eventfd_t value);
        static final MethodHandle WRITE = Libc.callWithoutErrno("eventfd_write", Libc.SHAPE);
    }
}
