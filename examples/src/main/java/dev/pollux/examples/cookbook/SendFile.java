package dev.pollux.examples.cookbook;

import dev.pollux.ffm.file.DiskFile;
import dev.pollux.loop.EventLoop;
import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import dev.pollux.stream.Connection;
import dev.pollux.stream.ConnectionHandler;
import dev.pollux.stream.StreamServer;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Sends a file, the second argument, to each client: one buffer goes from the file to the connection and back. */
public final class SendFile implements ConnectionHandler {

    private static final boolean LINUX = System.getProperty("os.name").equals("Linux");

    private final Connection connection;
    private final Operations file;
    private final Operation reading;
    private final long size;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    private long sent;

    private SendFile(Connection connection, Closeable file, long size) throws IOException {
        this.connection = connection;
        this.file = Operations.on(connection.loop(), file);
        this.reading = this.file.operation(this::read);
        this.size = size;
    }

    /** Serves until the process ends. */
    public static void main(String[] args) throws IOException {
        Path path = Path.of(args[1]);
        try (EventLoop loop = EventLoop.open();
                StreamServer server = StreamServer.builder().listen(loop, Here.address(args), each -> of(each, path))) {
            System.out.println("listens on " + server.address().orElseThrow());
            loop.run();
        }
    }

    private static SendFile of(Connection connection, Path path) {
        try {
            SendFile file = open(connection, path);
            file.readOn();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens a file to be sent; {@link #readOn} begins. */
    public static SendFile open(Connection connection, Path path) throws IOException {
        long size = Files.size(path);
        // A kernel that does operations reads a DiskFile by itself; elsewhere a thread of the loop reads.
        Closeable file =
                LINUX ? DiskFile.open(path, StandardOpenOption.READ) : FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new SendFile(connection, file, size);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Returns how many bytes will be sent. */
    public long size() {
        return size;
    }

    /** Reads what comes next into the buffer, which is the file's until that is done. */
    public void readOn() {
        if (sent == size) {
            connection.closeWhenFlushed();
        } else {
            reading.read(buffer.clear().limit((int) Math.min(buffer.capacity(), size - sent)), sent);
        }
    }

    private void read(Operation done) throws IOException {
        if (!connection.isOpen()) {
            return;
        }
        if (done.failure() != null || done.result() < 0) {
            connection.close(); // shorter than announced
            throw new EOFException(done + " came to " + sent + " of " + size + " bytes");
        }
        sent += done.result();
        // The buffer is the connection's until all of it is sent.
        connection.send(buffer.flip(), (to, same, failure) -> {
            if (failure == null && to.isOpen()) {
                readOn();
            }
        });
    }

    @Override
    public void onReceive(Connection connection, ByteBuffer bytes) {
        // A client may say what it likes.
    }

    /** A client may end its output and wait for the file. */
    @Override
    public void onEnd(Connection connection) {}

    @Override
    public void onClosed(Connection connection, @Nullable Throwable reason) {
        file.close();
    }
}
