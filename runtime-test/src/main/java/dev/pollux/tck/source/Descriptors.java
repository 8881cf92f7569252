package dev.pollux.tck.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * The system calls that the tests need to make, use and misuse raw descriptors. All of them are non-blocking and
 * close-on-exec.
 *
 * <p><b>Thread:</b> any.
 */
public interface Descriptors {

    /**
     * Two connected descriptors.
     *
     * @param first the end to read from, if only one can be read
     * @param second the end to write to, if only one can be written
     */
    record Pair(int first, int second) {}

    /** Makes a pipe, pipe(2). */
    Pair pipe() throws IOException;

    /** Makes two stream sockets connected to each other, socketpair(2). */
    Pair socketPair() throws IOException;

    /** Opens a file, a directory or a device for reading, open(2). */
    int open(Path path) throws IOException;

    /** Makes another descriptor for the same open file, dup(2). */
    int dup(int fd) throws IOException;

    /**
     * Makes {@code number} another descriptor for the same open file, dup2(2). Closes {@code number} first if it is
     * open.
     *
     * @throws IOException if the process may not open a descriptor of that number
     */
    void dup2(int fd, int number) throws IOException;

    /** Closes a descriptor, close(2). */
    void close(int fd) throws IOException;

    /** Reads what is there, read(2): returns the count, 0 if that would block, −1 at the end. */
    int read(int fd, byte[] into) throws IOException;

    /** Writes what there is room for, write(2): returns the count, 0 if that would block. */
    int write(int fd, byte[] from) throws IOException;

    /** Ends what a socket sends and keeps it able to receive, shutdown(2) with {@code SHUT_WR}. */
    void shutdownOutput(int fd) throws IOException;

    /**
     * Sends urgent data from a connected socket to its peer, send(2) with {@code MSG_OOB}.
     *
     * @throws UnsupportedOperationException if these sockets have none; what needs it is then not tested
     */
    default void sendUrgent(int fd) throws IOException {
        throw new UnsupportedOperationException("fd " + fd + " cannot send urgent data");
    }

    /**
     * Returns what poll(2) says about a descriptor without waiting, as {@link dev.pollux.Events} bits; empty if it
     * cannot be asked. An oracle for the tests: it knows nothing of any backend.
     */
    default OptionalInt poll(int fd) {
        return OptionalInt.empty();
    }

    /** Returns what {@link #signal} takes to reach the present thread, pthread_self(3); 0 if it cannot be reached. */
    default long currentThread() {
        return 0;
    }

    /**
     * Sends a running thread a signal that has a handler which does nothing, pthread_kill(3), so that a system call in
     * progress ends with {@code EINTR}.
     *
     * @param thread as {@link #currentThread} returned it there
     */
    default void signal(long thread) {
        throw new UnsupportedOperationException("thread " + thread + " cannot be signalled");
    }
}
