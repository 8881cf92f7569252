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
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The classic server with message queues: each connection has a queue of what is to be sent, and its interest follows
 * the queue.
 *
 * <p>Run it with {@code mvn -q -B compile exec:exec -pl examples -am -Dexample=QueuedEcho}, then {@code nc 127.0.0.1 8088}.
 *
 * <p>Watch for {@code Connection.follow}, where the two directions are switched. WRITE is asked for only while
 * something is queued, because a socket with room is ready all the time. READ is given up when the queue is above its
 * high-water mark, and asked for again below the low-water mark; the space between the two keeps a connection from
 * switching at each message. Both may be on at once, unlike in {@link EchoServer}: that is what the queue is for.
 *
 * <p><b>Thread:</b> any.
 */
public final class QueuedEcho implements AutoCloseable {

    private static final int MESSAGE_BYTES = 4096;

    /** What a message weighs besides its bytes, so that a queue of single bytes is bounded too. */
    private static final int MESSAGE_OVERHEAD = 64;

    /** A connection that holds this much is not read from … */
    static final int HIGH_WATER = 64 * 1024;

    /** … until no more than this is left. */
    static final int LOW_WATER = 16 * 1024;

    /** The most that is held for one connection: one message more than the mark. */
    static final int MOST_HELD = HIGH_WATER + MESSAGE_BYTES + MESSAGE_OVERHEAD;

    private static final Logger log = LoggerFactory.getLogger(QueuedEcho.class);

    private final EventLoop loop;
    private final Acceptor<SocketChannel> acceptor;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();

    /** Where every read goes first: only the loop thread reads, and a message keeps no more room than it needs. */
    private final ByteBuffer incoming = ByteBuffer.allocateDirect(MESSAGE_BYTES);

    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder rests = new LongAdder();

    private QueuedEcho(EventLoop loop, InetSocketAddress address) throws IOException {
        this.loop = loop;
        this.acceptor = Acceptor.builder().listen(loop, address, accepted -> open.add(new Connection(accepted)));
    }

    /** Serves until the process ends. */
    public static void main(String[] args) {
        ServerArguments.run("queued-echo", args, arguments -> {
            try (EventLoop loop = arguments.openLoop();
                    QueuedEcho server = start(loop, arguments.port())) {
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
    public static QueuedEcho start(EventLoop loop, int port) throws IOException {
        return new QueuedEcho(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
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

    /** Returns how many times a connection went above its high-water mark and was not read from for a while. */
    public long rests() {
        return rests.sum();
    }

    /** Closes the listener first, so that no connection joins, and then the connections. */
    @Override
    public void close() {
        acceptor.close();
        open.forEach(Connection::close);
    }

    private final class Connection implements Callback {

        private final AcceptedConnection<SocketChannel> accepted;
        private final SocketChannel channel;
        private final Queue<ByteBuffer> outgoing = new ArrayDeque<>();
        private final Registration registration;
        private int held;
        private boolean reading = true;
        private boolean ended;

        Connection(AcceptedConnection<SocketChannel> accepted) throws IOException {
            this.accepted = accepted;
            this.channel = accepted.get();
            this.registration = loop.register(channel, Events.READ, this);
        }

        @Override
        public void onReady(Registration registration, int ready) {
            try {
                if ((ready & Events.READ) != 0) {
                    receive();
                }
                if ((ready & Events.WRITE) != 0) {
                    send();
                }
                follow();
            } catch (IOException e) {
                log.debug("{} is lost", channel, e);
                close();
            }
        }

        private void receive() throws IOException {
            int count = channel.read(incoming.clear());
            if (count < 0) {
                ended = true;
            } else if (count > 0) {
                received.add(count);
                outgoing.add(ByteBuffer.allocate(count).put(incoming.flip()).flip());
                held += count + MESSAGE_OVERHEAD;
            }
        }

        private void send() throws IOException {
            for (ByteBuffer message = outgoing.peek(); message != null; message = outgoing.peek()) {
                int count = channel.write(message);
                sent.add(count);
                held -= count;
                if (message.hasRemaining()) {
                    return; // the socket takes no more
                }
                outgoing.remove();
                held -= MESSAGE_OVERHEAD;
            }
        }

        /** Asks for what the queue calls for. After the end of the input, what is queued is still sent. */
        private void follow() throws IOException {
            if (ended && outgoing.isEmpty()) {
                close();
                return;
            }
            if (reading && held >= HIGH_WATER) {
                reading = false;
                rests.increment();
            } else if (held <= LOW_WATER) {
                reading = true;
            }
            registration.modify((reading && !ended ? Events.READ : Events.NONE)
                    | (outgoing.isEmpty() ? Events.NONE : Events.WRITE));
        }

        void close() {
            registration.cancel();
            accepted.close();
            open.remove(this);
        }
    }
}
