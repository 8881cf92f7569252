package dev.pollux.examples;

import dev.pollux.EventSelector;
import dev.pollux.examples.cookbook.SendFile;
import dev.pollux.loop.EventLoop;
import dev.pollux.stream.Connection;
import dev.pollux.stream.ConnectionHandler;
import dev.pollux.stream.LineFraming;
import dev.pollux.stream.StreamServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Sends files: a client sends a line with the name of one, and gets {@code OK} with its size on a line, its bytes, and the end; or
 * {@code ERROR} with the reason.
 *
 * <p>Run it with {@code mvn -q -B compile exec:exec -pl examples -am -Dexample=FileServer} in the folder to be served, and
 * {@code echo README.md | nc -N 127.0.0.1 8088} in another terminal.
 *
 * <p>{@link SendFile} sends: bytes go from the file to the connection by one buffer, and a slow client holds no thread.
 *
 * <p><b>Thread:</b> any.
 */
public final class FileServer implements AutoCloseable {

    private static final int NAME_BYTES = 1024;

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
        private @Nullable SendFile copy;

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
                copy.onClosed(connection, reason);
            }
        }

        private void begin(ByteBuffer line) {
            if (copy != null) {
                return; // one file for each connection
            }
            try {
                Path path = find(StandardCharsets.UTF_8.decode(line).toString());
                copy = SendFile.open(connection, path);
                answer("OK " + copy.size());
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
}
