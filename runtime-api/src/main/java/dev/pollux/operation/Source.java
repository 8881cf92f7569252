package dev.pollux.operation;

import dev.pollux.Capability;
import dev.pollux.UnsupportedSourceException;
import dev.pollux.spi.ConnectingSource;
import dev.pollux.spi.ConnectionSource;
import dev.pollux.spi.KernelSource;
import dev.pollux.spi.PositionalFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/** What operations are done to, by the methods that its type has. */
final class Source {

    final Object object;

    /** Null if it cannot be read from, or only at offsets. */
    final @Nullable ReadableByteChannel readable;

    final @Nullable WritableByteChannel writable;
    final @Nullable PositionalFile file;

    /** The source, if a kernel may do operations on its descriptor. */
    final @Nullable KernelSource kernel;

    private Source(Object object) {
        this.object = object;
        this.file = file(object);
        this.readable = file == null && object instanceof ReadableByteChannel channel ? channel : null;
        this.writable = file == null && object instanceof WritableByteChannel channel ? channel : null;
        this.kernel = object instanceof KernelSource of ? of : null;
    }

    /**
     * Returns {@code object} as a source.
     *
     * @throws UnsupportedSourceException if nothing can be done to it
     */
    static Source of(Object object) {
        Source source = new Source(object);
        boolean usable = source.file != null
                || source.readable != null
                || source.writable != null
                || object instanceof ServerSocketChannel
                || object instanceof ConnectionSource<?>;
        if (!usable) {
            throw new UnsupportedSourceException(
                    object + " is a " + object.getClass().getName()
                            + ", which can be watched at most; operations need a "
                            + "ReadableByteChannel, a WritableByteChannel, a listener or a file. A descriptor alone does not"
                            + " say how it is read",
                    Capability.DESCRIPTORS);
        }
        return source;
    }

    private static @Nullable PositionalFile file(Object object) {
        return object instanceof FileChannel channel
                ? new FileOfChannel(channel)
                : object instanceof PositionalFile of ? of : null;
    }

    /** Fails for what cannot be done to this source. */
    void check(Kind kind) {
        boolean possible = switch (kind) {
            case RECEIVE, RECEIVE_EACH -> readable != null;
            case SEND -> writable != null;
            case ACCEPT, ACCEPT_EACH -> object instanceof ServerSocketChannel || object instanceof ConnectionSource<?>;
            case CONNECT -> object instanceof SocketChannel || object instanceof ConnectingSource;
            default -> file != null;
        };
        if (!possible) {
            throw new UnsupportedOperationException(object + " has no " + kind + "; it " + abilities());
        }
    }

    private String abilities() {
        if (file != null) {
            return "is a file: read, write and sync it";
        }
        if (readable == null && writable == null) {
            return "is a listener: accept from it";
        }
        return "is a stream: "
                + (readable == null ? "send to it" : writable == null ? "receive from it" : "receive and send");
    }

    @Nullable
    Closeable accept() throws IOException {
        if (object instanceof ServerSocketChannel listener) {
            SocketChannel accepted = listener.accept();
            if (accepted != null) {
                try {
                    accepted.configureBlocking(false);
                } catch (Throwable failed) {
                    accepted.close();
                    throw failed;
                }
            }
            return accepted;
        }
        return ((ConnectionSource<?>) object).accept();
    }

    Closeable accepted(int fd) throws IOException {
        return ((ConnectionSource<?>) object).accepted(fd);
    }

    boolean finishConnect() throws IOException {
        return object instanceof SocketChannel channel
                ? channel.finishConnect()
                : ((ConnectingSource) object).finishConnect();
    }

    void close() throws IOException {
        if (object instanceof Closeable closeable) {
            closeable.close();
        }
    }

    @Override
    public String toString() {
        return object.toString();
    }

    private static final class FileOfChannel implements PositionalFile {

        private final FileChannel channel;

        FileOfChannel(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer into, long offset) throws IOException {
            return channel.read(into, offset);
        }

        @Override
        public int write(ByteBuffer from, long offset) throws IOException {
            return channel.write(from, offset);
        }

        @Override
        public void force(boolean metaData) throws IOException {
            channel.force(metaData);
        }
    }
}
