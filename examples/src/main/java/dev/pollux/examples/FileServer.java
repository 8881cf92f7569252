package dev.pollux.examples;

import dev.pollux.EventSelector;
import dev.pollux.ffm.file.DiskFile;
import dev.pollux.loop.EventLoop;
import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import dev.pollux.stream.Connection;
import dev.pollux.stream.ConnectionHandler;
import dev.pollux.stream.LineFraming;
import dev.pollux.stream.StreamServer;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Sends files: a client sends a line with the name of one, and gets {@code OK} with its size on a line, its bytes, and the end; or
 * {@code ERROR} with the reason.
 *
 * <p>Run it with {@code mvn -q -B compile exec:exec -pl examples -am -Dexample=FileServer} in the folder to be served, and
 * {@code echo README.md | nc -N 127.0.0.1 8088} in another terminal.
 *
 * <p>Watch for the one buffer of a connection, which goes round: it is the file's while that is read into it, the
 * connection's while it is sent, and in between it is here for a moment. Nothing is copied, and a slow client holds one
 * buffer and no thread. A kernel that does operations reads files by itself; elsewhere a thread of the loop does.
 *
 * <p><b>Thread:</b> any.
 */
public final class FileServer implements AutoCloseable {

    private static final int NAME_BYTES = 1024;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final boolean LINUX = System.getProperty("os.name").equals("Linux");

    private final Path folder;
    private final StreamServer server;

    private FileServer(EventLoop loop, Path folder, InetSocketAddress address) throws IOException {
        this.folder = folder.toRealPath();
        this.server = StreamServer.builder().listen(loop, address, Request::new);
    }

    /** Serves the current folder until the process ends. */
    public static void main(String[] args) {
        ServerArguments.run("files", args, arguments -> {
            try (EventSelector selector = arguments.openSelector();
                    EventLoop loop = EventLoop.builder().selector(selector).open();
                    FileServer server = start(loop, Path.of(""), arguments.port())) {
                ServerArguments.announce(selector.backend(), server.address());
                loop.run();
            }
        });
    }

    /**
     * Starts a server on {@code loop}, which may be running already and stays the caller's.
     *
     * @param folder what is in it, and below, is sent to everyone who asks
     * @param port where to listen on 127.0.0.1; 0 takes a free one, see {@link #address}
     * @throws IOException if there is no such folder, the port is taken, or the kernel refuses
     */
    public static FileServer start(EventLoop loop, Path folder, int port) throws IOException {
        return new FileServer(loop, folder, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Returns where the server listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.address().orElseThrow();
    }

    /** Returns how many connections are open. */
    public int connections() {
        return server.connections();
    }

    /** Closes the listener and the connections. */
    @Override
    public void close() {
        server.close();
    }

    /** Returns the file of that name. A link that leads out of the folder is none of its files. */
    private Path find(String name) throws IOException {
        try {
            Path found = folder.resolve(name).toRealPath();
            if (found.startsWith(folder) && Files.isRegularFile(found)) {
                return found;
            }
        } catch (IOException | RuntimeException e) {
            throw new IOException("there is no file \"" + name + "\"", e);
        }
        throw new IOException("there is no file \"" + name + "\"");
    }

    private final class Request implements ConnectionHandler {

        private final Connection connection;
        private final LineFraming lines = new LineFraming(NAME_BYTES, this::begin);
        private @Nullable Copy copy;

        Request(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void onReceive(Connection connection, ByteBuffer bytes) throws IOException {
            lines.add(bytes);
        }

        /** A client may end its output and wait for the file. */
        @Override
        public void onEnd(Connection connection) throws IOException {
            lines.end();
            if (copy == null) {
                connection.closeWhenFlushed();
            }
        }

        @Override
        public void onClosed(Connection connection, @Nullable Throwable reason) {
            if (copy != null) {
                copy.file.close();
            }
        }

        private void begin(ByteBuffer line) {
            if (copy != null) {
                return; // one file for each connection
            }
            try {
                Path path = find(StandardCharsets.UTF_8.decode(line).toString());
                long size = Files.size(path);
                copy = Copy.of(connection, open(path), size);
                answer("OK " + size);
                copy.readOn();
            } catch (IOException e) {
                answer("ERROR " + e.getMessage());
                connection.closeWhenFlushed();
            }
        }

        private void answer(String line) {
            connection.send(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static Closeable open(Path path) throws IOException {
        return LINUX ? DiskFile.open(path, StandardOpenOption.READ) : FileChannel.open(path, StandardOpenOption.READ);
    }

    /** Copies a file to a connection. */
    private static final class Copy {

        final Operations file;
        private final Connection connection;
        private final long size;
        private final Operation reading;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private long sent;

        private Copy(Connection connection, Operations file, long size) {
            this.connection = connection;
            this.size = size;
            this.file = file;
            this.reading = file.operation(this::read);
        }

        static Copy of(Connection connection, Closeable file, long size) throws IOException {
            try {
                return new Copy(connection, Operations.on(connection.loop(), file), size);
            } catch (Throwable refused) {
                file.close();
                throw refused;
            }
        }

        void readOn() {
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
                connection.close(); // shorter than announced, so that the client knows
                throw new EOFException(done + " came to " + sent + " of " + size + " bytes");
            }
            sent += done.result();
            connection.send(buffer.flip(), (to, same, failure) -> {
                if (failure == null && to.isOpen()) {
                    readOn();
                }
            });
        }
    }
}
