package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** lseek(2) and isatty(3), which together distinguish a file from a stream, with no structure that differs between systems. */
public final class Lseek {

    // off_t lseek(int fildes, off_t offset, int whence);
    private static final MethodHandle LSEEK =
            Libc.call("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));

    // int isatty(int fildes);
    private static final MethodHandle ISATTY =
            Libc.callWithoutErrno("isatty", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private static final int SEEK_CUR = 1; // unistd.h
    private static final int SEEK_END = 2;

    private Lseek() {}

    /** Returns 0 if {@code fd} has a position, and a negated error number if not: {@code ESPIPE} for a stream. */
    public static int hasPosition(int fd, Errno errno) {
        try {
            long position = (long) LSEEK.invokeExact(errno.state(), fd, 0L, SEEK_CUR);
            return errno.orNegated(position < 0 ? -1 : 0);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Returns the size of a file, and moves its position to the end; a negated error number if it has none. */
    public static long size(int fd, Errno errno) {
        try {
            long position = (long) LSEEK.invokeExact(errno.state(), fd, 0L, SEEK_END);
            return position >= 0 ? position : errno.orNegated(-1);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Returns whether {@code fd} is a terminal. */
    public static boolean isTerminal(int fd) {
        try {
            return (int) ISATTY.invokeExact(fd) == 1;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
