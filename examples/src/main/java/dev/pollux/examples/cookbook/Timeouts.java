package dev.pollux.examples.cookbook;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.TimerHandle;
import dev.pollux.stream.Connection;
import dev.pollux.stream.ConnectionHandler;
import dev.pollux.stream.LineFraming;
import dev.pollux.stream.StreamOptions;
import dev.pollux.stream.StreamServer;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Echoes lines, with two limits for each connection: silence, and the time for a whole line. */
public final class Timeouts implements ConnectionHandler {

    private final Connection connection;
    private final Duration perLine;
    private final LineFraming lines = new LineFraming(1024, this::echo);
    private TimerHandle deadline;

    Timeouts(Connection connection, Duration perLine) {
        this.connection = connection;
        this.perLine = perLine;
        this.deadline = connection.loop().schedule(perLine, this::expired);
    }

    /** Serves until the process ends. */
    public static void main(String[] args) throws IOException {
        try (EventLoop loop = EventLoop.open();
                StreamServer server = serve(loop, Here.address(args), Duration.ofSeconds(10), Duration.ofSeconds(30))) {
            System.out.println("listens on " + server.address().orElseThrow());
            loop.run();
        }
    }

    static StreamServer serve(EventLoop loop, SocketAddress address, Duration silence, Duration perLine)
            throws IOException {
        return StreamServer.builder()
                .options(StreamOptions.defaults().idleTimeout(silence))
                .listen(loop, address, connection -> new Timeouts(connection, perLine));
    }

    @Override
    public void onReceive(Connection connection, ByteBuffer bytes) throws IOException {
        lines.add(bytes);
    }

    /** The line is whole: the time for the next one begins. */
    private void echo(ByteBuffer line) {
        deadline.cancel();
        deadline = connection.loop().schedule(perLine, this::expired);
        connection.send(line);
        connection.send(ByteBuffer.wrap(new byte[] {'\n'}));
    }

    private void expired() {
        connection.send(StandardCharsets.US_ASCII.encode("no whole line within " + perLine + "\n"));
        connection.closeWhenFlushed();
    }

    @Override
    public void onClosed(Connection connection, @Nullable Throwable reason) {
        deadline.cancel();
        if (reason instanceof SocketTimeoutException) {
            System.out.println(reason.getMessage());
        }
    }
}
