package dev.pollux.examples.cookbook;

import dev.pollux.Events;
import dev.pollux.accept.Acceptor;
import dev.pollux.loop.EventLoop;
import dev.pollux.stream.Connection;
import dev.pollux.stream.ConnectionHandler;
import dev.pollux.stream.StreamOptions;
import dev.pollux.stream.StreamServer;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Sends 0, 1, 2 … to each client without end, as eight bytes each, and as fast as that client reads. */
public final class Numbers implements ConnectionHandler {

    private static final StreamOptions OPTIONS = StreamOptions.defaults().waterMarks(16 * 1024, 64 * 1024);

    /** How much is sent before the other connections have their turn. */
    private static final int BATCH = 8;

    private final Connection connection;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(8 * 1024);
    private long next;

    private Numbers(Connection connection) {
        this.connection = connection;
        connection.loop().execute(this::produce);
    }

    /** Serves until the process ends. */
    public static void main(String[] args) throws IOException {
        try (EventLoop loop = EventLoop.open();
                StreamServer server = withWaterMarks(loop, Here.address(args))) {
            System.out.println("listens on " + server.address().orElseThrow());
            loop.run();
        }
    }

    static StreamServer withWaterMarks(EventLoop loop, SocketAddress address) throws IOException {
        return StreamServer.builder().options(OPTIONS).listen(loop, address, Numbers::new);
    }

    private void produce() {
        for (int i = 0; i < BATCH && connection.queued() <= OPTIONS.highWater(); i++) {
            next = fill(buffer.clear(), next);
            if (!connection.send(buffer.flip())) {
                return; // the connection is closed
            }
        }
        if (connection.queued() <= OPTIONS.highWater()) {
            connection.loop().execute(this::produce); // the client keeps up
        }
    }

    @Override
    public void onLowWater(Connection connection) {
        produce();
    }

    @Override
    public void onReceive(Connection connection, ByteBuffer bytes) {
        // What the client says does not matter.
    }

    /** The same by hand: the socket is writable when there is room, so a slow client is asked less often. */
    static Acceptor<SocketChannel> byHand(EventLoop loop, SocketAddress address) throws IOException {
        return Acceptor.builder().listen(loop, address, accepted -> {
            SocketChannel client = accepted.get();
            ByteBuffer buffer = ByteBuffer.allocateDirect(8 * 1024).flip();
            long[] next = {0};
            loop.register(client, Events.WRITE, (registration, ready) -> {
                try {
                    if (!buffer.hasRemaining()) {
                        next[0] = fill(buffer.clear(), next[0]);
                        buffer.flip();
                    }
                    client.write(buffer); // takes what there is room for; the rest stays in the buffer
                } catch (IOException lost) {
                    registration.cancel();
                    accepted.close();
                }
            });
        });
    }

    private static long fill(ByteBuffer buffer, long from) {
        long next = from;
        while (buffer.hasRemaining()) {
            buffer.putLong(next++);
        }
        return next;
    }
}
