package dev.pollux.benchmarks.peers;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the servers that are written by hand. Reads into a buffer that all connections share, and keeps what
 * the peer does not take at once; as long as there is such a rest, reads nothing.
 *
 * <p><b>Thread:</b> the loop thread.
 */
final class Echo {

    /** The same as in the C program. */
    static final int BUFFER_BYTES = 16 * 1024;

    private final Stream stream;
    private final ByteBuffer shared;
    private @Nullable ByteBuffer rest;

    Echo(Stream stream, ByteBuffer shared) {
        this.stream = stream;
        this.shared = shared;
    }

    /** A connection, as far as this class cares. */
    interface Stream extends Closeable {

        /** Returns the number of bytes, or −1 at the end. */
        int read(ByteBuffer target) throws IOException;

        /** Returns the number of bytes. */
        int write(ByteBuffer source) throws IOException;
    }

    /** What the server has to do after a step. */
    enum Next {
        /** Wait for the same as before. */
        GO_ON,
        /** Wait until the connection is readable. */
        AWAIT_READ,
        /** Wait until the connection is writable. */
        AWAIT_WRITE,
        /** Close the connection. */
        CLOSE
    }

    /** Does what can be done now. */
    Next step() throws IOException {
        return rest == null ? echo() : sendRest(rest);
    }

    private Next echo() throws IOException {
        shared.clear();
        int count = stream.read(shared);
        if (count <= 0) {
            return count < 0 ? Next.CLOSE : Next.GO_ON;
        }
        shared.flip();
        stream.write(shared);
        if (!shared.hasRemaining()) {
            return Next.GO_ON;
        }
        rest = ByteBuffer.allocateDirect(shared.remaining()).put(shared).flip();
        return Next.AWAIT_WRITE;
    }

    private Next sendRest(ByteBuffer unsent) throws IOException {
        stream.write(unsent);
        if (unsent.hasRemaining()) {
            return Next.GO_ON;
        }
        rest = null;
        return Next.AWAIT_READ;
    }
}
