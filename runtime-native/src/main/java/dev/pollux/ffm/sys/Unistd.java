package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** unistd.h: calls on any descriptor. */
public final class Unistd {

    // int close(int fd);
    private static final MethodHandle CLOSE = Libc.call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private Unistd() {}

    /** Never to be retried: on Linux the descriptor is gone whatever this returns, even {@code EINTR} (close(2)). */
    public static int close(int fd, Errno errno) {
        try {
            return errno.orNegated((int) CLOSE.invokeExact(errno.state(), fd));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
