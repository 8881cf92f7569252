package dev.pollux.tck.fake;

import dev.pollux.HasFd;
import dev.pollux.tck.source.Descriptors;
import java.io.IOException;

/**
 * One end of a connection in memory, to be registered, with the other end in the test's hand.
 *
 * <p><b>Thread:</b> any.
 */
public final class FakeSource implements HasFd, AutoCloseable {

    private static final byte[] ONE = new byte[1];
    private static final int CHUNK = 4096;

    private final FakeKernel kernel;
    private final int fd;
    private final int peer;
    private boolean closed;
    private boolean hungUp;

    FakeSource(FakeKernel kernel, Descriptors.Pair ends) {
        this.kernel = kernel;
        this.fd = ends.first();
        this.peer = ends.second();
    }

    /** Returns the descriptor; −1 once it is closed. */
    @Override
    public synchronized int fd() {
        return closed ? -1 : fd;
    }

    /**
     * Gives the source one more byte to read.
     *
     * @throws IOException if it has no room left, is closed, or was hung up on
     */
    public void makeReadable() throws IOException {
        if (kernel.write(peer, ONE) == 0) {
            throw new IOException(this + " has no room for another byte; drain it first");
        }
    }

    /**
     * Reads all that is there and returns how many bytes that were.
     *
     * @throws IOException if the source is closed
     */
    public int drain() throws IOException {
        return readAll(fd);
    }

    /**
     * Writes until there is no more room, so that the source is not ready to write.
     *
     * @throws IOException if the source is closed, or was hung up on
     */
    public void fill() throws IOException {
        byte[] chunk = new byte[CHUNK];
        while (kernel.write(fd, chunk) > 0) {
            // There is room for more.
        }
    }

    /**
     * Lets the other end take all that was written, so that there is room again; returns how many bytes that were.
     *
     * @throws IOException if the source was hung up on
     */
    public int relieve() throws IOException {
        return readAll(peer);
    }

    private int readAll(int from) throws IOException {
        byte[] chunk = new byte[CHUNK];
        int total = 0;
        for (int count = kernel.read(from, chunk); count > 0; count = kernel.read(from, chunk)) {
            total += count;
        }
        return total;
    }

    /** Closes the other end. What was sent before can still be read. */
    public synchronized void hangUp() throws IOException {
        if (!hungUp) {
            hungUp = true;
            kernel.close(peer);
        }
    }

    /** Closes the source and keeps the other end. Its number goes to the one who opens something next. */
    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            closed = true;
            kernel.close(fd);
        }
    }

    @Override
    public String toString() {
        return "FakeSource[fd=" + fd + "]";
    }
}
