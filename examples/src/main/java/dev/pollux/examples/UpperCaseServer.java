package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import dev.pollux.stream.Connection;
import dev.pollux.stream.ConnectionHandler;
import dev.pollux.stream.StreamServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Sends back in upper case what it receives.
 *
 * <p>Run it with {@code mvn -q -B compile exec:exec -pl examples -am -Dexample=UpperCaseServer}, then {@code nc 127.0.0.1 8088}.
 *
 * <p>Watch for what stands between reading and writing. The letters a to z are changed and every other byte is left
 * alone. All bytes of a longer UTF-8 character are above 127, so such a character comes back as it was, and it does not
 * matter where in it a read ends. To change those too would take a decoder per connection, which remembers the half of
 * a character, and room for answers that are longer than their questions: {@code ß} becomes {@code SS}.
 *
 * <p><b>Thread:</b> any.
 */
public final class UpperCaseServer implements AutoCloseable {

    /** The most that is held for one connection: what waits to be sent, and what was received last. */
    static final int MOST_HELD = 96 * 1024;

    private final StreamServer server;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final LongAdder received = new LongAdder();

    private UpperCaseServer(EventLoop loop, InetSocketAddress address) throws IOException {
        this.server = StreamServer.builder().listen(loop, address, connection -> {
            open.add(connection);
            return new Answers();
        });
    }

    /** Serves until the process ends. */
    public static void main(String[] args) {
        ServerArguments.run("upper-case", args, arguments -> {
            try (EventLoop loop = arguments.openLoop();
                    UpperCaseServer server = start(loop, arguments.port())) {
                ServerArguments.announce(loop.backend(), server.address());
                loop.run();
            }
        });
    }

    /**
     * Starts a server on {@code loop}, which may be running already and stays the caller's.
     *
     * @param port where to listen on 127.0.0.1; 0 takes a free one, see {@link #address}
     * @throws dev.pollux.UnsupportedSourceException if the loop's backend does not watch Java channels
     * @throws IOException if the port is taken, or the kernel refuses
     */
    public static UpperCaseServer start(EventLoop loop, int port) throws IOException {
        return new UpperCaseServer(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Changes the letters a to z from the position of {@code buffer} to its limit. */
    static void toUpperCase(ByteBuffer buffer) {
        for (int i = buffer.position(); i < buffer.limit(); i++) {
            byte letter = buffer.get(i);
            if (letter >= 'a' && letter <= 'z') {
                buffer.put(i, (byte) (letter - 'a' + 'A'));
            }
        }
    }

    /** Returns where the server listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.address().orElseThrow();
    }

    /** Returns how many bytes were taken from all peers so far. */
    public long received() {
        return received.sum();
    }

    /** Returns how many bytes were sent back so far, approximately. */
    public long sent() {
        long waiting = open.stream().mapToLong(Connection::queued).sum();
        return received.sum() - waiting;
    }

    /** Closes the listener, and every connection. */
    @Override
    public void close() {
        server.close();
    }

    /** While a peer takes nothing, its answers wait, and above the high-water mark nothing is read from it. */
    private final class Answers implements ConnectionHandler {

        @Override
        public void onReceive(Connection connection, ByteBuffer bytes) {
            received.add(bytes.remaining());
            toUpperCase(bytes);
            connection.send(bytes);
        }

        @Override
        public void onClosed(Connection connection, @Nullable Throwable reason) {
            open.remove(connection);
        }
    }
}
