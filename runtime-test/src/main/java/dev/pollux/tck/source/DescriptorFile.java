package dev.pollux.tck.source;

import dev.pollux.spi.KernelSource;
import dev.pollux.spi.PositionalFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A descriptor of a file that is read and written at offsets: by its methods, or by a kernel in place of them. */
final class DescriptorFile implements KernelSource, PositionalFile, Closeable {

    private final Descriptors calls;
    private final DescriptorEndpoint end;

    DescriptorFile(Descriptors calls, int fd) {
        this.calls = calls;
        this.end = new DescriptorEndpoint(calls, fd, DescriptorStream::pipeSource);
    }

    @Override
    public int fd() {
        return end.isOpen() ? end.fd() : -1;
    }

    @Override
    public boolean isSocket() {
        return false;
    }

    @Override
    public int read(ByteBuffer into, long offset) throws IOException {
        byte[] bytes = new byte[into.remaining()];
        int count = calls.readAt(end.fd(), bytes, offset);
        if (count > 0) {
            into.put(bytes, 0, count);
        }
        return count;
    }

    @Override
    public int write(ByteBuffer from, long offset) throws IOException {
        byte[] bytes = new byte[from.remaining()];
        from.duplicate().get(bytes);
        int count = calls.writeAt(end.fd(), bytes, offset);
        from.position(from.position() + count);
        return count;
    }

    /** What was written counts as on the disk. */
    @Override
    public void force(boolean metaData) {}

    @Override
    public void close() throws IOException {
        end.close();
    }

    @Override
    public String toString() {
        return "DescriptorFile[fd=" + fd() + "]";
    }
}
