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

    /**
     * Makes a socket that listens for stream connections, listen(2).
     *
     * @throws UnsupportedOperationException if there are none; what needs it is then tested on Java channels at most
     */
    default int listen() throws IOException {
        throw new UnsupportedOperationException("no descriptor listens here");
    }

    /** Connects to what {@link #listen} has made, connect(2): returns the client's end. */
    default int connect(int listener) throws IOException {
        throw new UnsupportedOperationException("fd " + listener + " does not listen");
    }

    /** Accepts a connection, accept4(2): returns its descriptor, −1 if none waits. */
    default int accept(int listener) throws IOException {
        throw new UnsupportedOperationException("fd " + listener + " does not listen");
    }

    /**
     * Opens an empty file for reading and writing, open(2) with {@code O_RDWR}.
     *
     * @param path an empty file that is there
     * @throws UnsupportedOperationException if there are no files to write to; what needs one is then tested on Java's at most
     */
    default int openForUpdate(Path path) throws IOException {
        throw new UnsupportedOperationException(path + " cannot be written to");
    }

    /** Reads a file from {@code offset} on, pread(2): returns the count, −1 at or after its end. */
    default int readAt(int fd, byte[] into, long offset) throws IOException {
        throw new UnsupportedOperationException("fd " + fd + " is no file to read at " + offset);
    }

    /** Writes a file from {@code offset} on, pwrite(2): returns the count. */
    default int writeAt(int fd, byte[] from, long offset) throws IOException {
        throw new UnsupportedOperationException("fd " + fd + " is no file to write at " + offset);
    }
}
