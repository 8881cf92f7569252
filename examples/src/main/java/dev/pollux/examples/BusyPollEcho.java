package dev.pollux.examples;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The echo server with non-blocking sockets and no selector: it asks every socket, over and over. It is what the
 * servers on a selector are to be compared with.
 *
 * <p>Run it with {@code mvn -q -B compile exec:exec -pl examples -am -Dexample=BusyPollEcho}, then
 * {@code nc 127.0.0.1 8088} and {@code top}.
 *
 * <p>Watch for the processor that it keeps busy while no peer says anything. Nothing in it ever waits: a read that finds
 * nothing returns at once, and the next one follows. A round is a system call per connection, so the time until a
 * message is seen grows with the connections that are silent. A selector turns both around: the kernel keeps the list,
 * the thread sleeps, and a wait costs what is ready. What remains in favour of polling is that a thread that never
 * sleeps is never woken: for a few busy sockets and a processor of its own, it answers fastest.
 *
 * <p><b>Thread:</b> the one that serves; {@link #close}, {@link #address} and the counts, any.
 */
public final class BusyPollEcho implements AutoCloseable {

    /** The most that is held for one connection. */
    static final int BUFFER_BYTES = 4096;

    private static final Logger log = LoggerFactory.getLogger(BusyPollEcho.class);
    private static final int BACKLOG = 1024;

    private final ServerSocketChannel listener;
    private final InetSocketAddress address;
    private final List<Connection> open = new ArrayList<>();
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder calls = new LongAdder();
    private volatile boolean closed;

    private BusyPollEcho(ServerSocketChannel listener) throws IOException {
        this.listener = listener;
        this.address = (InetSocketAddress) listener.getLocalAddress();
    }

    /** Serves until the process ends. */
    public static void main(String[] args) throws IOException {
        try (BusyPollEcho server = start(args.length > 0 ? Integer.parseInt(args[0]) : 8088)) {
            ServerArguments.announce("busy polling", server.address());
            server.serve();
        }
    }

    /**
     * Listens on {@code port} of 127.0.0.1; 0 takes a free one. {@link #serve} is to follow.
     *
     * @throws IOException if the port is taken, or the kernel refuses
     */
    public static BusyPollEcho start(int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.configureBlocking(false);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
            return new BusyPollEcho(listener);
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    /** Serves on the caller's thread until {@link #close}, and then closes its sockets. */
    public void serve() {
        try {
            while (!closed) {
                accept();
                open.removeIf(connection -> !connection.poll());
                Thread.onSpinWait();
            }
        } finally {
            closeQuietly(listener);
            open.forEach(connection -> closeQuietly(connection.channel));
        }
    }

    private void accept() {
        try {
            calls.increment();
            SocketChannel channel = listener.accept();
            if (channel != null) {
                channel.configureBlocking(false);
                open.add(new Connection(channel));
            }
        } catch (IOException e) {
            // Out of descriptors, for instance. The next round tries again; nothing is lost that was not lost anyway.
            log.debug("a connection was not accepted", e);
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

    /** Returns how often it has asked a socket so far, and written to one. */
    long calls() {
        return calls.sum();
    }

    /** Makes {@link #serve} end with the round it is in. */
    @Override
    public void close() {
        closed = true;
    }

    private static void closeQuietly(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("{} was closed with an error", channel, e);
        }
    }

    private final class Connection {

        private final SocketChannel channel;
        private final ByteBuffer buffer =
                ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        /** Reads if nothing is left to be sent, and sends what it can. Returns false once the peer has left. */
        boolean poll() {
            try {
                if (!buffer.hasRemaining()) {
                    calls.increment();
                    int count = channel.read(buffer.clear());
                    buffer.flip();
                    if (count < 0) {
                        closeQuietly(channel);
                        return false;
                    }
                    received.add(count);
                }
                if (buffer.hasRemaining()) {
                    calls.increment();
                    sent.add(channel.write(buffer));
                }
                return true;
            } catch (IOException e) {
                log.debug("{} is lost", channel, e);
                closeQuietly(channel);
                return false;
            }
        }
    }
}
