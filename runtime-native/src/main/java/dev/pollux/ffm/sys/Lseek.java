package dev.pollux.ffm.sys;

/** lseek(2) and isatty(3), which together distinguish a file from a stream, with no structure that differs between systems. */
public final class Lseek {

    // off_t lseek(int fildes, off_t offset, int whence);
    private static final CFunction LSEEK = CFunction.of("lseek");

    // int isatty(int fildes);
    private static final CFunction ISATTY = CFunction.of("isatty");

    private static final int SEEK_CUR = 1; // unistd.h
    private static final int SEEK_END = 2;

    private Lseek() {}

    /** Returns 0 if {@code fd} has a position, and a negated error number if not: {@code ESPIPE} for a stream. */
    public static int hasPosition(int fd, Errno errno) {
        return errno.orNegated(LSEEK.longCall(errno, fd, 0, SEEK_CUR, 0, 0, 0) < 0 ? -1 : 0);
    }

    /** Returns the size of a file, and moves its position to the end; a negated error number if it has none. */
    public static long size(int fd, Errno errno) {
        long position = LSEEK.longCall(errno, fd, 0, SEEK_END, 0, 0, 0);
        return position >= 0 ? position : errno.orNegated(-1);
    }

    /** Returns whether {@code fd} is a terminal. */
    public static boolean isTerminal(int fd, Errno errno) {
        return ISATTY.call(errno, fd) == 1;
    }
}
