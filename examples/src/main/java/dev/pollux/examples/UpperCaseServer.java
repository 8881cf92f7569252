package dev.pollux.examples;

import dev.pollux.Events;
import dev.pollux.accept.AcceptedConnection;
import dev.pollux.accept.Acceptor;
import dev.pollux.loop.Callback;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Registration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    /** The most that is held for one connection. */
    static final int BUFFER_BYTES = 4096;

    private static final Logger log = LoggerFactory.getLogger(UpperCaseServer.class);

    private final EventLoop loop;
    private final Acceptor<SocketChannel> acceptor;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();

    private UpperCaseServer(EventLoop loop, InetSocketAddress address) throws IOException {
        this.loop = loop;
        this.acceptor = Acceptor.builder().listen(loop, address, accepted -> open.add(new Connection(accepted)));
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

    /** Changes the letters a to z from the start of {@code buffer} to its position. */
    static void toUpperCase(ByteBuffer buffer) {
        for (int i = 0; i < buffer.position(); i++) {
            byte letter = buffer.get(i);
            if (letter >= 'a' && letter <= 'z') {
                buffer.put(i, (byte) (letter - 'a' + 'A'));
            }
        }
    }

    /** Returns where the server listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) acceptor.address().orElseThrow();
    }

    /** Returns how many bytes were taken from all peers so far. */
    public long received() {
        return received.sum();
    }

    /** Returns how many bytes were sent back so far. */
    public long sent() {
        return sent.sum();
    }

    /** Closes the listener first, so that no connection joins, and then the connections. */
    @Override
    public void close() {
        acceptor.close();
        open.forEach(Connection::close);
    }

    /** One buffer, which is either filled or drained: while a peer takes nothing, nothing is read from it. */
    private final class Connection implements Callback {

        private final AcceptedConnection<SocketChannel> accepted;
        private final SocketChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private final Registration registration;
        private boolean draining;

        Connection(AcceptedConnection<SocketChannel> accepted) throws IOException {
            this.accepted = accepted;
            this.channel = accepted.get();
            this.registration = loop.register(channel, Events.READ, this);
        }

        @Override
        public void onReady(Registration registration, int ready) {
            try {
                if (draining || fill()) {
                    drain();
                }
            } catch (IOException e) {
                log.debug("{} is lost", channel, e);
                close();
            }
        }

        /** Returns whether there is something to send. At the end of the input nothing is pending, so it closes. */
        private boolean fill() throws IOException {
            int count = channel.read(buffer);
            if (count < 0) {
                close();
                return false;
            }
            received.add(count);
            toUpperCase(buffer);
            buffer.flip();
            return true;
        }

        private void drain() throws IOException {
            sent.add(channel.write(buffer));
            draining = buffer.hasRemaining();
            registration.modify(draining ? Events.WRITE : Events.READ);
            if (!draining) {
                buffer.clear();
            }
        }

        void close() {
            registration.cancel();
            accepted.close();
            open.remove(this);
        }
    }
}
