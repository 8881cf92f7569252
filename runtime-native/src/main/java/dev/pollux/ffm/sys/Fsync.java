package dev.pollux.ffm.sys;

/**
 * fsync(2) and fdatasync(2). A failure is reported once, and the next call may succeed although the data is lost: so each is
 * called once, with its error number.
 */
public final class Fsync {

    // int fsync(int fd);
    private static final CFunction FSYNC = CFunction.of("fsync");

    // int fdatasync(int fd);
    private static final CFunction FDATASYNC = CFunction.of("fdatasync");

    private Fsync() {}

    public static int fsync(int fd, Errno errno) {
        return FSYNC.call(errno, fd);
    }

    public static int fdatasync(int fd, Errno errno) {
        return FDATASYNC.call(errno, fd);
    }
}
