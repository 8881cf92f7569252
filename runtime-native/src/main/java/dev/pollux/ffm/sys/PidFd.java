package dev.pollux.ffm.sys;

/** pidfd_open(2), Linux 5.3. */
public final class PidFd {

    // int pidfd_open(pid_t pid, unsigned int flags);
    // By number, because glibc has the function from 2.36 on only.
    private static final Syscall OPEN = Syscall.of("pidfd_open", 434, 434);

    public static final int ESRCH = Errno.number("ESRCH");

    private PidFd() {}

    /** Returns a descriptor that is readable once the process has ended. It is always close-on-exec. */
    public static int open(int pid, int flags, Errno errno) {
        return OPEN.call(errno, pid, flags, 0, 0, 0, 0);
    }
}
