package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SequenceLayout;
import java.lang.invoke.MethodHandle;

/** pipe(2), and what goes through one. */
public final class Pipe {

    // int pipe(int pipefd[2]);
    private static final MethodHandle PIPE = Libc.call("pipe", FunctionDescriptor.of(JAVA_INT, ADDRESS));

    // ssize_t read(int fd, void *buf, size_t count);
    private static final MethodHandle READ =
            Libc.call("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

    // ssize_t write(int fd, const void *buf, size_t count);
    private static final MethodHandle WRITE =
            Libc.callWithoutErrno("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

    /** The read end and the write end. */
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
