package dev.pollux.examples;

import dev.pollux.Events;
import dev.pollux.SelectorKey;
import dev.pollux.loop.Callback;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Registration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
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
    private static final int BACKLOG = 1024;
    private static final Duration REST = Duration.ofMillis(50);

    private final EventLoop loop;
    private final ServerSocketChannel listener;
    private final InetSocketAddress address;
    private final Registration listening;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();

    private UpperCaseServer(EventLoop loop, ServerSocketChannel listener) throws IOException {
        this.loop = loop;
        this.listener = listener;
        this.address = (InetSocketAddress) listener.getLocalAddress();
        this.listening = loop.register(listener, Events.READ, this::accept);
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
     * @param port where to listen on 127.0.0.1; 0 takes a free one, which {@link #address} tells
     * @throws dev.pollux.UnsupportedSourceException if the loop's backend does not watch Java channels
     * @throws IOException if the port is taken, or the kernel refuses
     */
    public static UpperCaseServer start(EventLoop loop, int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.configureBlocking(false);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
            return new UpperCaseServer(loop, listener);
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    private void accept(SelectorKey key, int ready) throws IOException {
        SocketChannel channel;
        try {
            channel = listener.accept();
        } catch (IOException outOfDescriptors) {
            log.warn("accepting rests, open={}: {}", open.size(), outOfDescriptors.toString());
            rest(Registration.of(key));
            return;
        }
        if (channel == null) {
            return; // whoever knocked has left again
        }
        try {
            channel.configureBlocking(false);
            open.add(new Connection(channel));
        } catch (IOException | RuntimeException e) {
            log.warn("a connection is turned away: {}", e.toString());
            closeQuietly(channel);
        }
    }

    /** Whoever waits to be accepted keeps the listener ready: without a rest, the loop would spin. */
    private void rest(Registration acceptor) throws IOException {
        loop.schedule(REST, () -> {
            try {
                if (acceptor.isActive()) {
                    acceptor.resume();
                }
            } catch (IOException e) {
                throw new UncheckedIOException("no more connections are accepted: " + e.getMessage(), e);
            }
        });
        acceptor.pause(); // last, so that it never rests without an end
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
        return address;
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
        listening.cancel();
        closeQuietly(listener);
        open.forEach(Connection::close);
    }

    private static void closeQuietly(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("{} was closed with an error", channel, e);
        }
    }

    /** One buffer, which is either filled or drained: while a peer takes nothing, nothing is read from it. */
    private final class Connection implements Callback {

        private final SocketChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private final Registration registration;
        private boolean draining;

        Connection(SocketChannel channel) throws IOException {
            this.channel = channel;
            this.registration = loop.register(channel, Events.READ, this);
        }

        @Override
        public void onReady(SelectorKey key, int ready) {
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
            closeQuietly(channel);
            open.remove(this);
        }
    }
}
