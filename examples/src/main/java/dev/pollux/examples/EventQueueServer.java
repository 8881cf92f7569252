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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
 * interests. Watch also for {@link #publish}. The handlers of a turn run in one task after its callbacks, so they may close
 * what they like. To slow down a peer that does not take its echoes is the application's decision here: it stops reading
 * when too much is pending, and goes on at a {@link Sent}.
 *
 * <p><b>Thread:</b> handlers are called on the loop's; the rest, any, as far as it is not of {@link Connection}.
 */
public final class EventQueueServer implements AutoCloseable {

    private static final int READ_BYTES = 4096;

    /** What a buffer weighs besides its bytes, so that a queue of single bytes is bounded too. */
    private static final int BUFFER_OVERHEAD = 64;

    private static final int HIGH_WATER = 64 * 1024;
    private static final int LOW_WATER = 16 * 1024;

    /** The most that {@link #echo} holds for one connection: one read more than the mark. */
    static final int MOST_HELD = HIGH_WATER + READ_BYTES + BUFFER_OVERHEAD;

    private static final Logger log = LoggerFactory.getLogger(EventQueueServer.class);

    private final EventLoop loop;
    private final Acceptor<SocketChannel> acceptor;
    private final Map<Class<?>, List<Consumer<Event>>> handlers = new HashMap<>();
    private final Queue<Event> events = new ArrayDeque<>();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();

    /** Where every read goes first: only one thread reads, and an event keeps no more room than it needs. */
    private final ByteBuffer incoming = ByteBuffer.allocateDirect(READ_BYTES);

    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();

    private EventQueueServer(EventLoop loop, InetSocketAddress address, Consumer<EventQueueServer> application)
            throws IOException {
        this.loop = loop;
        application.accept(this);
        this.acceptor = Acceptor.builder().listen(loop, address, this::accepted);
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
            try (EventLoop loop = arguments.openLoop();
                    EventQueueServer server = start(loop, arguments.port(), EventQueueServer::echoAloud)) {
                ServerArguments.announce(loop.backend(), server.address());
                loop.run();
            }
        });
    }

    private static void echoAloud(EventQueueServer server) {
        echo(server);
        server.on(Accepted.class, event -> System.out.println(event.connection() + " is here"));
        server.on(Closed.class, event -> System.out.println(event.connection() + " has left"));
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
     * Starts a server on {@code loop}, which may be running already and stays the caller's.
     *
     * @param port where to listen on 127.0.0.1; 0 takes a free one, see {@link #address}
     * @param application registers its handlers with {@link #on}, before the first event
     * @throws dev.pollux.UnsupportedSourceException if the loop's backend does not watch Java channels
     * @throws IOException if the port is taken, or the kernel refuses
     */
    public static EventQueueServer start(EventLoop loop, int port, Consumer<EventQueueServer> application)
            throws IOException {
        return new EventQueueServer(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), application);
    }

    /**
     * Calls {@code handler} for each event of the type {@code type}, after those that were registered before.
     *
     * <p><b>Thread:</b> the one that starts the server, while it does; later, the loop's.
     */
    public <E extends Event> void on(Class<E> type, Consumer<? super E> handler) {
        handlers.computeIfAbsent(type, none -> new ArrayList<>()).add(event -> handler.accept(type.cast(event)));
    }

    private void accepted(AcceptedConnection<SocketChannel> accepted) throws IOException {
        Connection connection = new Connection(accepted);
        open.add(connection);
        publish(new Accepted(connection));
    }

    /** Queues an event. The first one of a turn has the loop call the handlers, in a task of its next turn. */
    private void publish(Event event) {
        if (events.isEmpty()) {
            loop.execute(this::handleAll);
        }
        events.add(event);
    }

    private void handleAll() {
        for (Event event = events.poll(); event != null; event = events.poll()) {
            handle(event);
        }
    }

    private void handle(Event event) {
        Connection connection = event.connection();
        try {
            for (Consumer<Event> handler : handlers.getOrDefault(event.getClass(), List.of())) {
                handler.accept(event);
            }
            connection.follow();
        } catch (IOException | RuntimeException e) {
            log.error("{} is closed, because {} was not handled", connection, event, e);
            connection.leave();
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

    /** Returns how many bytes were sent so far. */
    public long sent() {
        return sent.sum();
    }

    /** Closes the listener first, so that no connection joins, and then the connections, without an event. */
    @Override
    public void close() {
        acceptor.close();
        open.forEach(Connection::close);
    }

    /** What handlers see of a peer. */
    public final class Connection implements Callback {

        private final AcceptedConnection<SocketChannel> accepted;
        private final SocketChannel channel;
        private final String name;
        private final Registration registration;
        private final Queue<ByteBuffer> outgoing = new ArrayDeque<>();
        private int pending;
        private boolean reading = true;
        private boolean ended;

        private Connection(AcceptedConnection<SocketChannel> accepted) throws IOException {
            this.accepted = accepted;
            this.channel = accepted.get();
            this.name = "peer " + channel.getRemoteAddress();
            this.registration = loop.register(channel, Events.READ, this);
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

        /** Does what the socket is ready for, and publishes it. Handlers run later. */
        @Override
        public void onReady(Registration registration, int ready) {
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
                leave();
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
                publish(new Received(this, data));
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
            publish(new Sent(this, total));
        }

        /** Asks for what is called for. After the end of the input, what is pending is still sent. */
        private void follow() throws IOException {
            if (!open.contains(this)) {
                return; // its last events are being handled
            }
            if (ended && outgoing.isEmpty()) {
                leave();
                return;
            }
            registration.modify((reading && !ended ? Events.READ : Events.NONE)
                    | (outgoing.isEmpty() ? Events.NONE : Events.WRITE));
        }

        private void leave() {
            if (close()) {
                publish(new Closed(this));
            }
        }

        /** Returns whether it was open. */
        private boolean close() {
            // First, so that a task of the loop leaves it alone from here on.
            if (!open.remove(this)) {
                return false;
            }
            registration.cancel();
            accepted.close();
            return true;
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
