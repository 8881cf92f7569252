package dev.pollux.examples.cookbook;

import dev.pollux.loop.EventLoop;
import dev.pollux.stream.Connection;
import dev.pollux.stream.ConnectionHandler;
import dev.pollux.stream.LengthFraming;
import dev.pollux.stream.LineFraming;
import dev.pollux.stream.StreamServer;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Two protocols with the same service, capitals: of lines, and of frames that begin with their length. */
public final class Framing {

    private static final int MAX_BYTES = 64 * 1024;

    private Framing() {}

    /** Serves lines until the process ends. */
    public static void main(String[] args) throws IOException {
        try (EventLoop loop = EventLoop.open();
                StreamServer server = lines(loop, Here.address(args))) {
            System.out.println("listens on " + server.address().orElseThrow());
            loop.run();
        }
    }

    static StreamServer lines(EventLoop loop, SocketAddress address) throws IOException {
        return StreamServer.builder().listen(loop, address, connection -> new ConnectionHandler() {

            private final LineFraming lines = new LineFraming(MAX_BYTES, line -> {
                connection.send(capitals(line));
                connection.send(ByteBuffer.wrap(new byte[] {'\n'}));
            });

            @Override
            public void onReceive(Connection same, ByteBuffer bytes) throws IOException {
                lines.add(bytes);
            }

            // The last line may have no end.
            @Override
            public void onEnd(Connection same) throws IOException {
                lines.end();
                connection.closeWhenFlushed();
            }
        });
    }

    static StreamServer lengths(EventLoop loop, SocketAddress address) throws IOException {
        return StreamServer.builder().listen(loop, address, connection -> {
            LengthFraming frames = new LengthFraming(MAX_BYTES, frame -> {
                ByteBuffer answer = capitals(frame);
                ByteBuffer length = ByteBuffer.allocate(4);
                LengthFraming.putLength(length, answer.remaining());
                connection.send(length.flip());
                connection.send(answer);
            });
            return (same, bytes) -> frames.add(bytes);
        });
    }

    /** The frame is whole, so characters are too. */
    private static ByteBuffer capitals(ByteBuffer frame) {
        String text = StandardCharsets.UTF_8.decode(frame).toString();
        return StandardCharsets.UTF_8.encode(text.toUpperCase(Locale.ROOT));
    }
}
