package dev.pollux.ffm.file;

import dev.pollux.ffm.sys.Socket;
import dev.pollux.spi.HalfClosable;
import dev.pollux.spi.KernelSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/** Bytes in both directions. */
abstract class StreamSocket extends SocketFile implements ByteChannel, KernelSource, HalfClosable {

    StreamSocket(OpeningFile opening, String subject) {
        super(opening, subject);
    }

    /**
     * Reads what is there into the remaining room of {@code buffer}, which must be direct, and moves its position on.
     * Allocates nothing.
     *
     * @return the number of bytes; 0 if there is nothing yet, or no room; −1 once the peer has ended its output
     * @throws IllegalArgumentException if the buffer is on the heap
     * @throws IOException {@code ECONNRESET} if the peer cut the connection
     */
    @Override
    public final int read(ByteBuffer buffer) throws IOException {
        return readInto(buffer);
    }

    /** Reads into native memory; otherwise as {@link #read(ByteBuffer)}. */
    public final int read(MemorySegment target) throws IOException {
        return readInto(target);
    }

    /**
     * Writes what the kernel takes of the remaining bytes of {@code buffer}, which must be direct, and moves its position
     * on. Allocates nothing.
     *
     * @return the number of bytes; 0 if the kernel takes none now: wait for WRITE
     * @throws IllegalArgumentException if the buffer is on the heap
     * @throws IOException {@code EPIPE} or {@code ECONNRESET} if the peer reads no more
     */
    @Override
    public final int write(ByteBuffer buffer) throws IOException {
        return writeFrom(buffer);
    }

    /** Writes from native memory; otherwise as {@link #write(ByteBuffer)}. */
    public final int write(MemorySegment source) throws IOException {
        return writeFrom(source);
    }

    /** Returns true: this is a socket. */
    @Override
    public final boolean isSocket() {
        return true;
    }

    /** Ends the output: the peer reads what was written and then the end. Reading goes on. */
    @Override
    public final void shutdownOutput() throws IOException {
        int fd = begin();
        try {
            check("shutdown", Socket.shutdown(fd, Socket.SHUT_WR, errno()));
        } finally {
            end();
        }
    }
}
