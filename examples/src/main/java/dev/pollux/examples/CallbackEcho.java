package dev.pollux.examples;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Ready;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The echo server of Python's {@code selectors} tutorial: a bare selector, and as each key's data the function to call.
 *
 * <p>Run it with {@code mvn -q -B compile exec:exec -pl examples -am -Dexample=CallbackEcho}, then {@code nc 127.0.0.1 8088}.
 *
 * <p>Watch for the loop in {@link #serve}, which knows nothing of what it calls, and for the second thing that
 * {@code modify} does: when a peer does not take its echoes, its key gets another interest and another function, so
 * nothing more is read from it, and memory stays at one buffer per connection.
 *
 * <p><b>Thread:</b> the one that serves; the counts, any.
 */
public final class CallbackEcho {

    /** The most that is held for one connection. */
    static final int BUFFER_BYTES = 4096;

    private static final Logger log = LoggerFactory.getLogger(CallbackEcho.class);
    private static final int BACKLOG = 1024;

    private final EventSelector selector;
    private final ServerSocketChannel listener;
    private final InetSocketAddress address;
    private final Set<SocketChannel> open = new HashSet<>();
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();

    private CallbackEcho(EventSelector selector, ServerSocketChannel listener) throws IOException {
        this.selector = selector;
        this.listener = listener;
        this.address = (InetSocketAddress) listener.getLocalAddress();
    }

    /** Serves until the process ends. */
    public static void main(String[] args) {
        ServerArguments.run("callback-echo", args, arguments -> {
            try (EventSelector selector = arguments.openSelector()) {
                CallbackEcho server = start(selector, arguments.port());
                ServerArguments.announce(selector.backend(), server.address());
                server.serve();
            }
        });
    }

    /**
     * Listens on {@code port} of 127.0.0.1; 0 takes a free one. {@link #serve} is to follow.
     *
     * @throws dev.pollux.UnsupportedSourceException if the selector's backend does not watch Java channels
     * @throws IOException if the port is taken, or the kernel refuses
     */
    public static CallbackEcho start(EventSelector selector, int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.configureBlocking(false);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
            CallbackEcho server = new CallbackEcho(selector, listener);
            selector.register(listener, Events.READ, (ReadyHandler) server::accept);
            return server;
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    /**
     * Serves on the caller's thread until the selector is closed, which any thread may do, and then closes its sockets.
     *
     * @throws IOException if the selector cannot wait, or nothing can be accepted and no connection is there to end
     */
    public void serve() throws IOException {
        try {
            while (true) {
                for (Ready r : selector.select()) {
                    callback(r.key(), r.ready());
                }
            }
        } catch (ClosedSelectorException closed) {
            log.debug("the selector was closed");
        } finally {
            closeQuietly(listener);
            open.forEach(CallbackEcho::closeQuietly);
        }
    }

    private static void callback(SelectorKey key, int ready) throws IOException {
        ((ReadyHandler) Objects.requireNonNull(key.data())).onReady(key, ready);
    }

    /** The listener's function. */
    private void accept(SelectorKey key, int ready) throws IOException {
        SocketChannel channel;
        try {
            channel = listener.accept();
        } catch (IOException outOfDescriptors) {
            if (open.isEmpty()) {
                throw outOfDescriptors;
            }
            // What waits keeps the listener ready, and the loop would spin: it rests until a connection ends.
            log.warn("accepting rests, open={}: {}", open.size(), outOfDescriptors.toString());
            selector.modify(listener, Events.NONE);
            return;
        }
        if (channel == null) {
            return; // the peer has left again
        }
        try {
            channel.configureBlocking(false);
            Connection connection = new Connection(channel);
            selector.register(channel, Events.READ, connection.reading);
            open.add(channel);
        } catch (IOException | RuntimeException e) {
            log.warn("a connection is turned away: {}", e.toString());
            closeQuietly(channel);
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

    private static void closeQuietly(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("{} was closed with an error", channel, e);
        }
    }

    /** A buffer, which is either filled or drained, and the two functions that do so. */
    private final class Connection {

        private final SocketChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private final ReadyHandler reading = (key, ready) -> orClose(this::read);
        private final ReadyHandler writing = (key, ready) -> orClose(this::write);

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        /** At the end of the input everything is sent already, or the other function would have been called. */
        private void read() throws IOException {
            int count = channel.read(buffer);
            if (count < 0) {
                close();
            } else {
                received.add(count);
                buffer.flip();
                write();
            }
        }

        private void write() throws IOException {
            sent.add(channel.write(buffer));
            if (buffer.hasRemaining()) {
                selector.modify(channel, Events.WRITE, writing);
            } else {
                buffer.clear();
                selector.modify(channel, Events.READ, reading);
            }
        }

        /** A reset ends this connection and nothing else. */
        private void orClose(Transfer transfer) throws IOException {
            try {
                transfer.run();
            } catch (IOException e) {
                log.debug("{} is lost", channel, e);
                close();
            }
        }

        private void close() throws IOException {
            selector.unregister(channel);
            closeQuietly(channel);
            open.remove(channel);
            selector.modify(listener, Events.READ);
        }
    }

    /** One direction of a connection. */
    @FunctionalInterface
    private interface Transfer {

        void run() throws IOException;
    }
}
