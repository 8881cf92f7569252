package dev.pollux.ffm.internal;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Fcntl;

/** Refuses what poll(2) and select(2), which are told of a descriptor only when they wait, would find wrong each time. */
final class SourceCheck {

    private SourceCheck() {}

    /**
     * Checks that a descriptor is open and not our own.
     *
     * @param call for which it is to be watched
     * @throws NativeIOException with the refusal that {@code epoll_ctl} has for it
     */
    static void check(String call, int fd, Waker waker, Errno errno) throws NativeIOException {
        if (waker.owns(fd)) {
            // Happens to whoever registers the number of a closed descriptor that has become ours.
            throw Refusals.of(call, fd, Errno.EINVAL, "the selector cannot watch descriptors of its own");
        }
        Refusals.check("fcntl(F_GETFD)", fd, Fcntl.fcntl(fd, Fcntl.F_GETFD, errno));
    }
}
