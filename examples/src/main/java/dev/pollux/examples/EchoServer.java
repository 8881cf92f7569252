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
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends back what it receives: a listener and its connections as callbacks on one loop.
 *
 * <p>Watch for three things. A connection holds one buffer, which is either filled or drained, so a peer that does not
 * read its echoes is not read from either, and memory stays bounded. A registration is cancelled before its channel is
 * closed. And the acceptor does what a listener needs: when descriptors run out, it rests while the connections that
 * are open go on.
 *
 * <p><b>Thread:</b> any.
 */
public final class EchoServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EchoServer.class);

    private static final byte[] LOCALHOST = {127, 0, 0, 1};
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int BACKLOG = 1024;

    private final EventLoop loop;
    private final InetSocketAddress address;
    private final Acceptor<SocketChannel> acceptor;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final LongAdder echoed = new LongAdder();
    private final LongAdder calls = new LongAdder();
    private volatile @Nullable Exception refusal;

    private EchoServer(EventLoop loop, ServerSocketChannel listener) throws IOException {
        this.loop = loop;
        this.address = (InetSocketAddress) listener.getLocalAddress();
        this.acceptor = Acceptor.builder().listen(loop, listener, () -> accept(listener), this::serve);
    }

    /**
     * Starts a server on {@code loop}, which may be running already and stays the caller's.
     *
     * @param port where to listen on 127.0.0.1; 0 takes a free one, see {@link #address}
     * @throws dev.pollux.UnsupportedSourceException if the loop's backend does not watch Java channels
     * @throws IOException if the port is taken, or the kernel refuses
     */
    public static EchoServer start(EventLoop loop, int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.configureBlocking(false);
            listener.bind(new InetSocketAddress(InetAddress.getByAddress(LOCALHOST), port), BACKLOG);
            return new EchoServer(loop, listener);
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    private @Nullable SocketChannel accept(ServerSocketChannel listener) throws IOException {
        try {
            return listener.accept();
        } catch (IOException outOfDescriptors) {
            refused("accepting rests", outOfDescriptors);
            throw outOfDescriptors;
        }
    }

    private void serve(AcceptedConnection<SocketChannel> accepted) {
        try {
            accepted.get().configureBlocking(false);
            accepted.get().setOption(StandardSocketOptions.TCP_NODELAY, true);
            open.add(new Connection(accepted));
        } catch (IOException | RuntimeException e) {
            refused("a connection is turned away", e);
            accepted.close();
        }
    }

    /** Says it once: what has run out stays so for many attempts a second. */
    private void refused(String what, Exception reason) {
        if (refusal == null) {
            refusal = reason;
            log.warn("{}, backend={} open={}: {}", what, loop.backend(), open.size(), reason.toString());
        }
    }

    /** Returns where the server listens. */
    public InetSocketAddress address() {
        return address;
    }

    /** Returns how many connections were accepted so far. */
    public long connections() {
        return acceptor.accepted();
    }

    /** Returns how many bytes were sent back so far. */
    public long bytes() {
        return echoed.sum();
    }

    /** Returns how often it has read and written so far. */
    long calls() {
        return calls.sum();
    }

    /** Returns why a connection was kept waiting or turned away, the first time it happened; null if it never did. */
    public @Nullable Exception refusal() {
        return refusal;
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
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private final Registration registration;
        private boolean stalled;

        Connection(AcceptedConnection<SocketChannel> accepted) throws IOException {
            this.accepted = accepted;
            this.channel = accepted.get();
            this.registration = loop.register(channel, Events.READ, this);
        }

        @Override
        public void onReady(Registration registration, int ready) {
            try {
                if (stalled || fill()) {
                    drain();
                }
            } catch (IOException e) {
                log.debug("{} is lost", channel, e);
                close();
            }
        }

        /** Returns whether there is something to send. At the end of the input nothing is pending, so it closes. */
        private boolean fill() throws IOException {
            calls.increment();
            int count = channel.read(buffer);
            if (count > 0) {
                buffer.flip();
            } else if (count < 0) {
                close();
            }
            return count > 0;
        }

        /** When the socket takes no more, waits for it instead of reading on; when all is sent, reads again. */
        private void drain() throws IOException {
            calls.increment();
            echoed.add(channel.write(buffer));
            if (buffer.hasRemaining() != stalled) {
                stalled = !stalled;
                registration.modify(stalled ? Events.WRITE : Events.READ);
            }
            if (!stalled) {
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
