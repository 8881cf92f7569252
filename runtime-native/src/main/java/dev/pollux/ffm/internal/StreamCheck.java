package dev.pollux.ffm.internal;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Lseek;

/**
 * Refuses what a kernel would take and then treat in its own way: files. kqueue(2) finds one readable until its end is
 * reached, and which others it takes differs from system to system.
 */
final class StreamCheck {

    private StreamCheck() {}

    /**
     * Checks that a descriptor is open and has no position, or is a terminal, of which some systems say that it has one.
     *
     * @param call for which it is to be watched
     * @throws NativeIOException {@code EBADF} for a closed one, {@code EPERM} for a file, as {@code epoll_ctl} has it
     */
    static void check(String call, int fd, Errno errno) throws NativeIOException {
        int refusal = Lseek.hasPosition(fd, errno);
        if (refusal == -Errno.EBADF) {
            throw Refusals.of(call, fd, Errno.EBADF);
        }
        if (refusal == 0 && !Lseek.isTerminal(fd)) {
            throw Refusals.of(
                    call,
                    fd,
                    Errno.EPERM,
                    "this backend watches no regular files, directories or devices like /dev/null; use the select or "
                            + "poll backend, or read them directly");
        }
    }
}
