package dev.pollux.examples;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.SelectorKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reactor of the text books: readiness becomes events, events go to a queue, and handlers that were registered for
 * a type of event take them from there, all on one thread.
 *
 * <p>Run it with {@code mvn -q -B compile exec:exec -pl examples -am -Dexample=EventQueueServer}, then {@code nc 127.0.0.1 8088}.
 *
 * <p>Watch for {@link #echo}, which is the whole application: handlers know what has happened, and neither keys nor
 * interests. Watch also for the two steps in {@link #serve}. All handlers of a round run after its select, so they may
 * close what they like, and the queue never holds more than what one round reads. To slow down a peer that does not
 * take its echoes is the application's decision here: it stops reading when too much is pending, and {@link Sent}
 * tells it when to go on.
 *
 * <p><b>Thread:</b> the one that serves; the counts, any.
 */
public final class EventQueueServer {

    private static final int READ_BYTES = 4096;

    /** What a buffer weighs besides its bytes, so that a queue of single bytes is bounded too. */
    private static final int BUFFER_OVERHEAD = 64;

    private static final int HIGH_WATER = 64 * 1024;
    private static final int LOW_WATER = 16 * 1024;

    /** The most that {@link #echo} holds for one connection: one read more than the mark. */
    static final int MOST_HELD = HIGH_WATER + READ_BYTES + BUFFER_OVERHEAD;

    private static final Logger log = LoggerFactory.getLogger(EventQueueServer.class);
    private static final int BACKLOG = 1024;

    private final EventSelector selector;
    private final ServerSocketChannel listener;
    private final InetSocketAddress address;
    private final Map<Class<?>, List<Consumer<Event>>> handlers = new HashMap<>();
    private final Queue<Event> events = new ArrayDeque<>();
    private final Set<Connection> open = new HashSet<>();

    /** Where every read goes first: only one thread reads, and an event keeps no more room than it needs. */
    private final ByteBuffer incoming = ByteBuffer.allocateDirect(READ_BYTES);

    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();

    private EventQueueServer(EventSelector selector, ServerSocketChannel listener) throws IOException {
        this.selector = selector;
        this.listener = listener;
        this.address = (InetSocketAddress) listener.getLocalAddress();
    }

    /** What happens to a connection. */
    public sealed interface Event {

        /** Returns whose event it is. */
        Connection connection();
    }

    /**
     * A peer has connected.
     *
     * @param connection its connection
     */
    public record Accepted(Connection connection) implements Event {}

    /**
     * A peer has sent something.
     *
     * @param connection its connection
     * @param data what it sent, the handler's to keep
     */
    public record Received(Connection connection, ByteBuffer data) implements Event {}

    /**
     * A peer's socket has taken something.
     *
     * @param connection its connection
     * @param count the number of bytes
     */
    public record Sent(Connection connection, int count) implements Event {}

    /**
     * A connection is over, after everything pending was sent or because it failed. The last event of a connection.
     *
     * @param connection the connection
     */
    public record Closed(Connection connection) implements Event {}

    /** Serves until the process ends. */
    public static void main(String[] args) {
        ServerArguments.run("event-queue", args, arguments -> {
            try (EventSelector selector = arguments.openSelector()) {
                EventQueueServer server = start(selector, arguments.port());
                echo(server);
                server.on(Accepted.class, event -> System.out.println(event.connection() + " is here"));
                server.on(Closed.class, event -> System.out.println(event.connection() + " has left"));
                ServerArguments.announce(selector.backend(), server.address());
                server.serve();
            }
        });
    }

    /** Makes an echo server of {@code server}. */
    static void echo(EventQueueServer server) {
        server.on(Received.class, event -> {
            Connection peer = event.connection();
            peer.send(event.data());
            if (peer.pending() >= HIGH_WATER) {
                peer.stopReading();
            }
        });
        server.on(Sent.class, event -> {
            if (event.connection().pending() <= LOW_WATER) {
                event.connection().startReading();
            }
        });
    }

    /**
     * Listens on {@code port} of 127.0.0.1; 0 takes a free one. Handlers and {@link #serve} are to follow.
     *
     * @throws dev.pollux.UnsupportedSourceException if the selector's backend does not watch Java channels
     * @throws IOException if the port is taken, or the kernel refuses
     */
    public static EventQueueServer start(EventSelector selector, int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.configureBlocking(false);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
            EventQueueServer server = new EventQueueServer(selector, listener);
            selector.register(listener, Events.READ);
            return server;
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    /** Calls {@code handler} for each event of the type {@code type}, after those that were registered before. */
    public <E extends Event> void on(Class<E> type, Consumer<? super E> handler) {
        handlers.computeIfAbsent(type, none -> new ArrayList<>()).add(event -> handler.accept(type.cast(event)));
    }

    /**
     * Serves on the caller's thread until the selector is closed, which any thread may do, and then closes its sockets.
     *
     * @throws IOException if the selector cannot wait, or nobody can be accepted and nobody is there to leave
     */
    public void serve() throws IOException {
        try {
            while (true) {
                selector.selectNanos(Long.MAX_VALUE, this::turnIntoEvents);
                for (Event event = events.poll(); event != null; event = events.poll()) {
                    handle(event);
                }
            }
        } catch (ClosedSelectorException told) {
            log.debug("told to end");
        } finally {
            closeQuietly(listener);
            open.forEach(connection -> closeQuietly(connection.channel));
        }
    }

    private void turnIntoEvents(SelectorKey key, int ready) throws IOException {
        if (key.data() instanceof Connection connection) {
            connection.transfer(ready);
        } else {
            accept();
        }
    }

    private void handle(Event event) throws IOException {
        Connection connection = event.connection();
        try {
            for (Consumer<Event> handler : handlers.getOrDefault(event.getClass(), List.of())) {
                handler.accept(event);
            }
            connection.follow();
        } catch (ClosedSelectorException told) {
            throw told;
        } catch (IOException | RuntimeException e) {
            log.error("{} is closed, because {} was not handled", connection, event, e);
            connection.close();
        }
    }

    private void accept() throws IOException {
        SocketChannel channel;
        try {
            channel = listener.accept();
        } catch (IOException outOfDescriptors) {
            if (open.isEmpty()) {
                throw outOfDescriptors;
            }
            // Whoever waits keeps the listener ready, and the loop would spin: it rests until somebody leaves.
            log.warn("accepting rests, open={}: {}", open.size(), outOfDescriptors.toString());
            selector.modify(listener, Events.NONE);
            return;
        }
        if (channel == null) {
            return; // whoever knocked has left again
        }
        try {
            channel.configureBlocking(false);
            Connection connection = new Connection(channel);
            selector.register(channel, Events.READ, connection);
            open.add(connection);
            events.add(new Accepted(connection));
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

    /** Returns how many bytes were sent so far. */
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

    /** What handlers see of a peer. */
    public final class Connection {

        private final SocketChannel channel;
        private final String name;
        private final Queue<ByteBuffer> outgoing = new ArrayDeque<>();
        private int pending;
        private boolean reading = true;
        private boolean ended;

        private Connection(SocketChannel channel) throws IOException {
            this.channel = channel;
            this.name = "peer " + channel.getRemoteAddress();
        }

        /** Sends the remaining bytes of {@code data}, which is not to be changed any more, as the socket takes them. */
        public void send(ByteBuffer data) {
            outgoing.add(data);
            pending += data.remaining() + BUFFER_OVERHEAD;
        }

        /** Returns the weight of what is still to be sent: bytes, and something for each buffer. */
        public int pending() {
            return pending;
        }

        /** Takes nothing from the peer, so it has to wait, until {@link #startReading}. */
        public void stopReading() {
            reading = false;
        }

        /** Takes again what the peer sends. */
        public void startReading() {
            reading = true;
        }

        /** Does what the socket is ready for, and tells of it. Handlers run later. */
        private void transfer(int ready) throws IOException {
            try {
                if ((ready & Events.WRITE) != 0) {
                    write();
                }
                if ((ready & Events.READ) != 0) {
                    read();
                }
                follow();
            } catch (IOException e) {
                log.debug("{} is lost", this, e);
                close();
            }
        }

        private void read() throws IOException {
            int count = channel.read(incoming.clear());
            if (count < 0) {
                ended = true;
            } else if (count > 0) {
                received.add(count);
                ByteBuffer data =
                        ByteBuffer.allocate(count).put(incoming.flip()).flip();
                events.add(new Received(this, data));
            }
        }

        private void write() throws IOException {
            int total = 0;
            for (ByteBuffer data = outgoing.peek(); data != null; data = outgoing.peek()) {
                int count = channel.write(data);
                total += count;
                pending -= count;
                if (data.hasRemaining()) {
                    break; // the socket takes no more
                }
                outgoing.remove();
                pending -= BUFFER_OVERHEAD;
            }
            sent.add(total);
            events.add(new Sent(this, total));
        }

        /** Asks for what is called for. After the end of the input, what is pending is still sent. */
        private void follow() throws IOException {
            if (!open.contains(this)) {
                return; // its last events are being handled
            }
            if (ended && outgoing.isEmpty()) {
                close();
                return;
            }
            selector.modify(
                    channel,
                    (reading && !ended ? Events.READ : Events.NONE)
                            | (outgoing.isEmpty() ? Events.NONE : Events.WRITE));
        }

        private void close() throws IOException {
            if (open.remove(this)) {
                selector.unregister(channel);
                closeQuietly(channel);
                events.add(new Closed(this));
                selector.modify(listener, Events.READ);
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
