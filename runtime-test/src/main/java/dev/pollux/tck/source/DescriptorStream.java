package dev.pollux.tck.source;

import dev.pollux.spi.KernelSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A descriptor of the kit's own as operations use it: by its methods, or by a kernel in place of them. Has the methods of the
 * directions that it has.
 */
abstract sealed class DescriptorStream implements KernelSource, Channel {

    private final Descriptors calls;
    private final DescriptorEndpoint end;
    private final boolean socket;

    private DescriptorStream(Descriptors calls, DescriptorEndpoint end, boolean socket) {
        this.calls = calls;
        this.end = end;
        this.socket = socket;
    }

    static DescriptorStream socket(Descriptors calls, DescriptorEndpoint end) {
        return new Socket(calls, end);
    }

    static DescriptorStream pipeSource(Descriptors calls, DescriptorEndpoint end) {
        return new PipeSource(calls, end);
    }

    static DescriptorStream pipeSink(Descriptors calls, DescriptorEndpoint end) {
        return new PipeSink(calls, end);
    }

    /** Returns the descriptor; −1 once it is closed. */
    @Override
    public final int fd() {
        return end.isOpen() ? end.fd() : -1;
    }

    @Override
    public final boolean isSocket() {
        return socket;
    }

    @Override
    public final boolean isOpen() {
        return end.isOpen();
    }

    @Override
    public final void close() throws IOException {
        end.close();
    }

    @Override
    public final String toString() {
        return "DescriptorStream[fd=" + fd() + "]";
    }

    final int readInto(ByteBuffer into) throws IOException {
        byte[] bytes = new byte[into.remaining()];
        // Before anything is taken: its memory may be gone.
        into.duplicate().get(bytes);
        int count = calls.read(end.fd(), bytes);
        if (count > 0) {
            into.put(bytes, 0, count);
        }
        return count;
    }

    final int writeFrom(ByteBuffer from) throws IOException {
        byte[] bytes = new byte[from.remaining()];
        from.duplicate().get(bytes);
        int count = calls.write(end.fd(), bytes);
        from.position(from.position() + count);
        return count;
    }

    private static final class Socket extends DescriptorStream implements ByteChannel {

        Socket(Descriptors calls, DescriptorEndpoint end) {
            super(calls, end, true);
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            return readInto(into);
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            return writeFrom(from);
        }
    }

    private static final class PipeSource extends DescriptorStream implements ReadableByteChannel {

        PipeSource(Descriptors calls, DescriptorEndpoint end) {
            super(calls, end, false);
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            return readInto(into);
        }
    }

    private static final class PipeSink extends DescriptorStream implements WritableByteChannel {

        PipeSink(Descriptors calls, DescriptorEndpoint end) {
            super(calls, end, false);
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            return writeFrom(from);
        }
    }
}
