package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SequenceLayout;
import java.lang.invoke.MethodHandle;

/** pipe2(2), which Linux has. */
public final class Pipe2 {

    // int pipe2(int pipefd[2], int flags);
    private static final MethodHandle PIPE2 = Libc.call("pipe2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

    public static final int O_NONBLOCK = 0x800; // asm-generic/fcntl.h
    public static final int O_CLOEXEC = 0x80000;

    /** {@code int pipefd[2]}: the end to read from, the end to write to. */
    public static final SequenceLayout FDS = MemoryLayout.sequenceLayout(2, JAVA_INT);

    private Pipe2() {}

    public static int pipe2(MemorySegment fds, int flags, Errno errno) {
        try {
            return errno.orNegated((int) PIPE2.invokeExact(errno.state(), fds, flags));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
