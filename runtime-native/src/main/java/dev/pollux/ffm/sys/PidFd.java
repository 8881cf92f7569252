package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** pidfd_open(2), Linux 5.3. */
public final class PidFd {

    // long syscall(long number, ...);
    // int pidfd_open(pid_t pid, unsigned int flags);
    // By number, because glibc has the function from 2.36 on only.
    private static final MethodHandle OPEN =
            Libc.variadic("syscall", 1, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT));

    /** asm-generic/unistd.h; the same on every processor that Java runs on. */
    private static final long SYS_PIDFD_OPEN = 434;

    public static final int ESRCH = Errno.number("ESRCH");

    private PidFd() {}

    /** Returns a descriptor that is readable once the process has ended. It is always close-on-exec. */
    public static int open(int pid, int flags, Errno errno) {
        try {
            return errno.orNegated((int) (long) OPEN.invokeExact(errno.state(), SYS_PIDFD_OPEN, pid, flags));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
