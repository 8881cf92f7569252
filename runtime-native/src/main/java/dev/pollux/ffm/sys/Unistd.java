package dev.pollux.ffm.sys;

/** unistd.h: calls on any descriptor. */
public final class Unistd {

    // int close(int fd);
    private static final Syscall CLOSE = Syscall.of("close", 3, 57);

    private Unistd() {}

    /**
     * Returns 0, or −1 if refused. Never to be retried, not even to learn why: on Linux the descriptor is gone whatever this
     * returns (close(2)), and its number may belong to another file by then.
     */
    public static int close(int fd) {
        return (int) CLOSE.call(fd, 0, 0, 0, 0, 0);
    }
}
