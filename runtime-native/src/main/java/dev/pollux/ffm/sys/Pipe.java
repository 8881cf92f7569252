package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SequenceLayout;

/** pipe(2) and pipe2(2), and what goes through a pipe. */
public final class Pipe {

    // int pipe(int pipefd[2]);
    private static final CFunction PIPE = CFunction.of("pipe");

    /** Apart, because macOS has no such function. */
    private static final class OnLinux {

        // int pipe2(int pipefd[2], int flags);
        static final CFunction PIPE2 = CFunction.of("pipe2");
    }

    // ssize_t read(int fd, void *buf, size_t count);
    private static final CFunction READ = CFunction.of("read");

    // ssize_t write(int fd, const void *buf, size_t count);
    // By number where that is known, because that needs no memory for an error number, which threads would share.
    private static final Syscall WRITE = Syscall.of("write", 1, 64);

    public static final int O_NONBLOCK = 0x800; // asm-generic/fcntl.h, for pipe2
    public static final int O_CLOEXEC = 0x80000;

    /** {@code int pipefd[2]}: the end to read from, the end to write to. */
    public static final SequenceLayout FDS = MemoryLayout.sequenceLayout(2, JAVA_INT.withName("pipefd"));

    private Pipe() {}

    /** Puts the read end and the write end into {@code fds}, {@link #FDS}. */
    public static int pipe(MemorySegment fds, Errno errno) {
        return PIPE.call(errno, fds.address());
    }

    /** Does the same with flags, {@link #O_NONBLOCK} and {@link #O_CLOEXEC}. Linux only. */
    public static int pipe2(MemorySegment fds, int flags, Errno errno) {
        return OnLinux.PIPE2.call(errno, fds.address(), flags);
    }

    /** Returns how many bytes were read, as many as fit at most. */
    public static int read(int fd, MemorySegment buffer, Errno errno) {
        return READ.call(errno, fd, buffer.address(), buffer.byteSize());
    }

    /** Writes what is in {@code bytes}; −1 if refused, which on an open non-blocking pipe can only mean that it is full. */
    public static int write(int fd, MemorySegment bytes) {
        return (int) WRITE.call(fd, bytes.address(), bytes.byteSize(), 0, 0, 0);
    }
}
