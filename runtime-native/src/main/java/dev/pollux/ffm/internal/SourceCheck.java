package dev.pollux.ffm.internal;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Fcntl;
import dev.pollux.ffm.sys.Lseek;

/** Fails for descriptors that a kernel accepts although it cannot watch them, with the error that epoll_ctl(2) has for them. */
final class SourceCheck {

    private SourceCheck() {}

    /**
     * Checks that a descriptor is none of the backend's own. A closed descriptor whose number the backend got can lead to
     * that.
     *
     * @param call for which it is to be watched
     * @throws NativeIOException {@code EINVAL}
     */
    static void foreign(String call, int fd, boolean own) throws NativeIOException {
        if (own) {
            throw Syscalls.of(call, fd, Errno.EINVAL, "the selector cannot watch descriptors of its own");
        }
    }

    /**
     * Checks that a descriptor is open. For poll(2) and select(2), which see a descriptor only when they wait, and would
     * fail each time.
     *
     * @throws NativeIOException {@code EBADF}
     */
    static void open(int fd, Errno errno) throws NativeIOException {
        Syscalls.check("fcntl(F_GETFD)", fd, Fcntl.fcntl(fd, Fcntl.F_GETFD, errno));
    }

    /**
     * Checks that a descriptor is open and has no position, or is a terminal, of which some systems say that it has one.
     * For kqueue(2), which finds a file readable until its end is reached, and for poll(7D).
     *
     * @param call for which it is to be watched
     * @throws NativeIOException {@code EBADF} for a closed one, {@code EPERM} for a file
     */
    static void stream(String call, int fd, Errno errno) throws NativeIOException {
        int result = Lseek.hasPosition(fd, errno);
        if (result == -Errno.EBADF) {
            throw Syscalls.of(call, fd, Errno.EBADF);
        }
        if (result == 0 && !Lseek.isTerminal(fd, errno)) {
            throw Syscalls.of(
                    call,
                    fd,
                    Errno.EPERM,
                    "this backend watches no regular files, directories or devices like /dev/null; use the select or "
                            + "poll backend, or read them directly");
        }
    }
}
