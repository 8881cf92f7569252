package dev.pollux.spi;

import dev.pollux.HasFd;

/**
 * A source that has nothing of its own between its methods and its descriptor: a {@link CompletionBackend} may receive, send,
 * read and write by the descriptor in place of them, with the same effect.
 */
public interface KernelSource extends HasFd {

    /** Returns whether it is a socket, which is received from and sent to rather than read and written. */
    boolean isSocket();
}
