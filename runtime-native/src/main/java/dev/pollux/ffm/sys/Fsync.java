package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/**
 * fsync(2) and fdatasync(2). A failure is reported once, and the next call may succeed although the data is lost: so each is
 * called once, with its error number.
 */
public final class Fsync {

    private static final FunctionDescriptor OF_DESCRIPTOR = FunctionDescriptor.of(JAVA_INT, JAVA_INT);

    // int fsync(int fd);
    private static final MethodHandle FSYNC = Libc.call("fsync", OF_DESCRIPTOR);

    // int fdatasync(int fd);
    private static final MethodHandle FDATASYNC = Libc.call("fdatasync", OF_DESCRIPTOR);

    private Fsync() {}

    public static int fsync(int fd, Errno errno) {
        try {
            return errno.orNegated((int) FSYNC.invokeExact(errno.state(), fd));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int fdatasync(int fd, Errno errno) {
        try {
            return errno.orNegated((int) FDATASYNC.invokeExact(errno.state(), fd));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
