package dev.pollux.examples.cookbook;

import dev.pollux.loop.EventLoop;
import dev.pollux.stream.Connection;
import dev.pollux.stream.ConnectionHandler;
import dev.pollux.stream.LineFraming;
import dev.pollux.stream.StreamServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Echoes lines until SIGTERM. A line that has begun by then is still answered. */
public final class GracefulStop implements ConnectionHandler {

    private final LineFraming lines;
    private boolean begun;
    private boolean stopping;

    private GracefulStop(Connection connection) {
        lines = new LineFraming(1024, line -> {
            connection.send(line);
            connection.send(ByteBuffer.wrap(new byte[] {'\n'}));
        });
    }

    /** Serves until SIGTERM. */
    public static void main(String[] args) throws IOException {
        try (EventLoop loop = EventLoop.open();
                StreamServer server = StreamServer.builder().listen(loop, Here.address(args), GracefulStop::new)) {
            loop.onSignal("TERM", () -> {
                System.out.println("stopping");
                server.stop(Duration.ofSeconds(10)).thenAccept(left -> {
                    System.out.println(left + " left at the deadline");
                    loop.stop();
                });
            });
            System.out.println("listens on " + server.address().orElseThrow());
            loop.run();
        }
    }

    @Override
    public void onReceive(Connection connection, ByteBuffer bytes) throws IOException {
        begun = bytes.get(bytes.limit() - 1) != '\n';
        lines.add(bytes);
        closeIfDone(connection);
    }

    @Override
    public void onStop(Connection connection) {
        stopping = true;
        closeIfDone(connection);
    }

    private void closeIfDone(Connection connection) {
        if (stopping && !begun) {
            connection.closeWhenFlushed();
        }
    }
}
