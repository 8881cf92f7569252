package dev.pollux.tck.fake;

import dev.pollux.spi.HalfClosable;
import dev.pollux.spi.KernelSource;
import dev.pollux.tck.source.Descriptors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;

/**
 * One end of a connection in memory, for the code under test to register, read and write, as it would a non-blocking socket.
 * The test has the other end, {@link #peer}.
 *
 * <p>Buffers may be direct or on the heap.
 *
 * <p><b>Thread:</b> any.
 */
public final class FakeSource implements ByteChannel, KernelSource, HalfClosable {

    private static final int CHUNK = 4096;

    private final FakeKernel kernel;
    private final int fd;
    private final FakeSource peer;
    private boolean closed;

    FakeSource(FakeKernel kernel, Descriptors.Pair ends) {
        this.kernel = kernel;
        this.fd = ends.first();
        this.peer = new FakeSource(this, ends.second());
    }

    private FakeSource(FakeSource peer, int fd) {
        this.kernel = peer.kernel;
        this.fd = fd;
        this.peer = peer;
    }

    /** Returns the descriptor; −1 once it is closed. */
    @Override
    public synchronized int fd() {
        return closed ? -1 : fd;
    }

    /** Returns the other end: what is written there is read here, and the other way round. */
    public FakeSource peer() {
        return peer;
    }

    /** Returns true: operations receive from it and send to it. */
    @Override
    public boolean isSocket() {
        return true;
    }

    /**
     * Reads what is there and fits into {@code buffer}.
     *
     * @return the number of bytes; 0 if there is nothing yet, or no room; −1 once the other end has ended its output
     * @throws ClosedChannelException if this end is closed
     */
    @Override
    public int read(ByteBuffer buffer) throws IOException {
        byte[] bytes = new byte[buffer.remaining()];
        if (bytes.length == 0) {
            return 0;
        }
        int count = kernel.read(open(), bytes);
        if (count > 0) {
            buffer.put(bytes, 0, count);
        }
        return count;
    }

    /**
     * Writes as many of the remaining bytes as there is room for, and moves the position on by that many.
     *
     * @return the number of bytes; 0 if there is no room: wait for WRITE
     * @throws ClosedChannelException if this end is closed
     * @throws IOException {@code EPIPE} if the other end is closed, or this end has ended its output
     */
    @Override
    public int write(ByteBuffer buffer) throws IOException {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        int count = kernel.write(open(), bytes);
        buffer.position(buffer.position() + count);
        return count;
    }

    private synchronized int open() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
        return fd;
    }

    @Override
    public synchronized boolean isOpen() {
        return !closed;
    }

    /** Ends the output: the other end reads what was written and then the end, and may still write. */
    @Override
    public void shutdownOutput() throws IOException {
        kernel.shutdownOutput(open());
    }

    /**
     * Gives the source one more byte to read.
     *
     * @throws IOException if it has no room left, is closed, or was hung up on
     */
    public void makeReadable() throws IOException {
        if (peer.write(ByteBuffer.allocate(1)) == 0) {
            throw new IOException(this + " has no room for another byte; drain it first");
        }
    }

    /**
     * Reads all that is there and returns how many bytes that were.
     *
     * @throws IOException if the source is closed
     */
    public int drain() throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        int total = 0;
        for (int count = read(chunk); count > 0; count = read(chunk.clear())) {
            total += count;
        }
        return total;
    }

    /**
     * Writes until there is no more room, so that the source is not ready to write.
     *
     * @throws IOException if the source is closed, or was hung up on
     */
    public void fill() throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        while (write(chunk) > 0) {
            chunk.clear();
        }
    }

    /**
     * Lets the other end take all that was written, so that there is room again; returns how many bytes that were.
     *
     * @throws IOException if the source was hung up on
     */
    public int relieve() throws IOException {
        return peer.drain();
    }

    /** Closes the other end. What was sent before can still be read. */
    public void hangUp() throws IOException {
        peer.close();
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
