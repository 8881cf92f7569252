package dev.pollux;

import java.io.IOException;
import java.util.Set;

/**
 * A system call that failed: which call, on which descriptor, and its {@code errno}.
 *
 * <p>Thrown by native backends; here, so that a caller can distinguish one failure from another without depending on them.
 */
public final class NativeIOException extends IOException {

    private static final long serialVersionUID = 1L;

    private static final Set<String> EXHAUSTION = Set.of("EMFILE", "ENFILE", "ENOMEM", "ENOBUFS", "ENOSPC");

    private final String call;
    private final int fd;
    private final int errno;
    private final String errnoName;

    /**
     * Makes one with the message {@code call(fd N): ERRNO, hint}.
     *
     * @param call the system call, with the operation if it has several: {@code epoll_ctl(ADD)}
     * @param fd the descriptor it was about, or −1
     * @param errno the number, which differs between systems
     * @param errnoName the name from errno(3), which does not
     * @param hint what it means here and the way out
     */
    public NativeIOException(String call, int fd, int errno, String errnoName, String hint) {
        super(call + (fd < 0 ? "" : " on fd " + fd) + ": " + errnoName + ", " + hint);
        this.call = call;
        this.fd = fd;
        this.errno = errno;
        this.errnoName = errnoName;
    }

    /** Returns the system call, for instance {@code epoll_ctl(ADD)}. */
    public String call() {
        return call;
    }

    /** Returns the descriptor the call was about, or −1. */
    public int fd() {
        return fd;
    }

    /** Returns the error number. */
    public int errno() {
        return errno;
    }

    /** Returns the error's name, for instance {@code EBADF}. */
    public String errnoName() {
        return errnoName;
    }

    /** Returns whether descriptors or memory ran out, which passes, rather than something being wrong. */
    public boolean isExhaustion() {
        return EXHAUSTION.contains(errnoName);
    }
}
