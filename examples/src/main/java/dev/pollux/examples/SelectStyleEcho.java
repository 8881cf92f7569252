package dev.pollux.examples;

import dev.pollux.Selected;
import dev.pollux.Selectors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The echo server of a hundred tutorials: {@code select(rlist, wlist, xlist, timeout)} in a loop, with nothing registered
 * anywhere.
 *
 * <p>Run it with {@code mvn -q -B compile exec:exec -pl examples -am -Dexample=SelectStyleEcho}, then
 * {@code nc 127.0.0.1 8088}.
 *
 * <p>Watch for how the two lists are made anew for each call: a peer that is owed something is in the second,
 * every other one in the first. That is easy to follow, and its cost is the reason for selectors that remember: each call
 * hands every socket to the kernel again. Watch also for the pipe, whose end of input is how another thread ends a wait
 * that knows sockets only.
 *
 * <p><b>Thread:</b> the one that serves; {@link #close}, {@link #address} and the counts, any.
 */
public final class SelectStyleEcho implements AutoCloseable {

    /** The most that is held for one connection. */
    static final int BUFFER_BYTES = 4096;

    private static final Logger log = LoggerFactory.getLogger(SelectStyleEcho.class);
    private static final int BACKLOG = 1024;

    /** How long new connections wait after a failed accept. */
    private static final Duration REST = Duration.ofMillis(50);

    private static final Duration FOREVER = Duration.ofDays(365);

    private final ServerSocketChannel listener;
    private final Pipe ending;
    private final InetSocketAddress address;
    private final Map<SocketChannel, ByteBuffer> open = new HashMap<>();
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private boolean resting;

    private SelectStyleEcho(ServerSocketChannel listener, Pipe ending) throws IOException {
        this.listener = listener;
        this.ending = ending;
        this.address = (InetSocketAddress) listener.getLocalAddress();
        ending.source().configureBlocking(false);
    }

    /** Serves until the process ends. */
    public static void main(String[] args) throws IOException {
        try (SelectStyleEcho server = start(args.length > 0 ? Integer.parseInt(args[0]) : 8088)) {
            ServerArguments.announce("select style", server.address());
            server.serve();
        }
    }

    /**
     * Listens on {@code port} of 127.0.0.1; 0 takes a free one. {@link #serve} is to follow.
     *
     * @throws IOException if the port is taken, or the kernel refuses
     */
    public static SelectStyleEcho start(int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.configureBlocking(false);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
            return new SelectStyleEcho(listener, Pipe.open());
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    /**
     * Serves on the caller's thread until {@link #close}, and then closes its sockets.
     *
     * @throws IOException if no backend can wait for sockets, or not for so many
     */
    public void serve() throws IOException {
        try {
            while (true) {
                List<Channel> readers = new ArrayList<>(List.of(ending.source()));
                List<Channel> writers = new ArrayList<>();
                if (!resting) {
                    readers.add(listener);
                }
                open.forEach((channel, buffer) -> (buffer.hasRemaining() ? writers : readers).add(channel));

                Selected ready = Selectors.select(readers, writers, List.of(), resting ? REST : FOREVER);

                if (ready.readable().contains(ending.source())) {
                    return;
                }
                resting = false;
                if (ready.readable().contains(listener)) {
                    accept();
                }
                ready.readable().forEach(this::fill);
                ready.writable().forEach(this::drain);
            }
        } finally {
            closeQuietly(listener);
            closeQuietly(ending.source());
            open.keySet().forEach(SelectStyleEcho::closeQuietly);
        }
    }

    private void accept() {
        try {
            SocketChannel channel = listener.accept();
            if (channel != null) {
                channel.configureBlocking(false);
                open.put(channel, ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0));
            }
        } catch (IOException e) {
            log.warn("accepting rests, open={}: {}", open.size(), e.toString());
            resting = true;
        }
    }

    private void fill(Object readable) {
        ByteBuffer buffer = readable instanceof SocketChannel ? open.get(readable) : null;
        if (buffer == null) {
            return; // the listener
        }
        SocketChannel channel = (SocketChannel) readable;
        try {
            int count = channel.read(buffer.clear());
            buffer.flip();
            if (count < 0) {
                leave(channel);
                return;
            }
            received.add(count);
            drain(channel);
        } catch (IOException e) {
            log.debug("{} is lost", channel, e);
            leave(channel);
        }
    }

    private void drain(Object writable) {
        SocketChannel channel = (SocketChannel) writable;
        ByteBuffer buffer = open.get(channel);
        if (buffer == null) {
            return; // it has left in the same round
        }
        try {
            sent.add(channel.write(buffer));
        } catch (IOException e) {
            log.debug("{} is lost", channel, e);
            leave(channel);
        }
    }

    private void leave(SocketChannel channel) {
        open.remove(channel);
        closeQuietly(channel);
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

    /** Makes {@link #serve} end with the round it is in. */
    @Override
    public void close() {
        closeQuietly(ending.sink());
    }

    private static void closeQuietly(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("{} was closed with an error", channel, e);
        }
    }
}
