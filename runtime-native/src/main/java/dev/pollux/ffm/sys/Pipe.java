package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SequenceLayout;
import java.lang.invoke.MethodHandle;

/** pipe(2) and pipe2(2), and what goes through a pipe. */
public final class Pipe {

    // int pipe(int pipefd[2]);
    private static final MethodHandle PIPE = Libc.call("pipe", FunctionDescriptor.of(JAVA_INT, ADDRESS));

    /** Apart, because macOS has no such function. */
    private static final class OnLinux {

        // int pipe2(int pipefd[2], int flags);
        static final MethodHandle PIPE2 = Libc.call("pipe2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    }

    // ssize_t read(int fd, void *buf, size_t count);
    private static final MethodHandle READ =
            Libc.call("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

    // ssize_t write(int fd, const void *buf, size_t count);
    private static final MethodHandle WRITE =
            Libc.callWithoutErrno("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

    public static final int O_NONBLOCK = 0x800; // asm-generic/fcntl.h, for pipe2
    public static final int O_CLOEXEC = 0x80000;

    /** {@code int pipefd[2]}: the end to read from, the end to write to. */
    public static final SequenceLayout FDS = MemoryLayout.sequenceLayout(2, JAVA_INT.withName("pipefd"));

    private Pipe() {}

    /** Puts the read end and the write end into {@code fds}, {@link #FDS}. */
    public static int pipe(MemorySegment fds, Errno errno) {
        try {
            return errno.orNegated((int) PIPE.invokeExact(errno.state(), fds));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Does the same with flags, {@link #O_NONBLOCK} and {@link #O_CLOEXEC}. Linux only. */
    public static int pipe2(MemorySegment fds, int flags, Errno errno) {
        try {
            return errno.orNegated((int) OnLinux.PIPE2.invokeExact(errno.state(), fds, flags));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Returns how many bytes were read, as many as fit at most. */
    public static int read(int fd, MemorySegment buffer, Errno errno) {
        try {
            return errno.orNegated((int) (long) READ.invokeExact(errno.state(), fd, buffer, buffer.byteSize()));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Writes what is in {@code bytes}; −1 if refused, which on an open non-blocking pipe can only mean that it is full. */
    public static int write(int fd, MemorySegment bytes) {
        try {
            return (int) (long) WRITE.invokeExact(fd, bytes, bytes.byteSize());
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
