package dev.pollux.accept;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.EventLoopGroup;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an {@link Acceptor}.
 *
 * <p><b>Thread:</b> one at a time.
 */
public final class AcceptorBuilder {

    /** What an acceptor keeps to. */
    record Limits(int acceptsPerTurn, int maxConnections, Duration shortestRest, Duration longestRest) {}

    private int acceptsPerTurn = 64;
    private int maxConnections = Integer.MAX_VALUE;
    private Duration shortestRest = Duration.ofMillis(10);
    private Duration longestRest = Duration.ofMillis(100);
    private int backlog = 1024;
    private @Nullable EventLoopGroup workers;

    AcceptorBuilder() {}

    /**
     * Accepts at most this many in one turn of the loop, so that a flood does not keep open connections from theirs. The
     * default is 64.
     *
     * @throws IllegalArgumentException if less than 1
     */
    public AcceptorBuilder acceptsPerTurn(int connections) {
        acceptsPerTurn = atLeastOne("acceptsPerTurn", connections);
        return this;
    }

    /**
     * Rests while this many connections are open. The default is no limit.
     *
     * @throws IllegalArgumentException if less than 1
     */
    public AcceptorBuilder maxConnections(int connections) {
        maxConnections = atLeastOne("maxConnections", connections);
        return this;
    }

    /**
     * Rests for {@code shortest} when something has run out, and twice as long each time it still has, up to
     * {@code longest}. The default is 10 ms to 100 ms.
     *
     * @throws IllegalArgumentException if {@code shortest} is not positive, or {@code longest} is shorter
     */
    public AcceptorBuilder rest(Duration shortest, Duration longest) {
        if (shortest.isNegative() || shortest.isZero() || longest.compareTo(shortest) < 0) {
            throw new IllegalArgumentException(
                    "rest of " + shortest + " to " + longest + " is not a positive time and one at least as long");
        }
        shortestRest = shortest;
        longestRest = longest;
        return this;
    }

    /**
     * Has the kernel keep this many connections waiting. The default is 1024.
     *
     * @throws IllegalArgumentException if less than 1
     */
    public AcceptorBuilder backlog(int connections) {
        backlog = atLeastOne("backlog", connections);
        return this;
    }

    /** Hands the connections to the loops of {@code group}. The default is to serve them on the acceptor's own loop. */
    public AcceptorBuilder handOffTo(EventLoopGroup group) {
        workers = Objects.requireNonNull(group, "group");
        return this;
    }

    private static int atLeastOne(String setting, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(setting + " " + value + " is less than 1");
        }
        return value;
    }

    /**
     * Listens on {@code address} and accepts on {@code loop}.
     *
     * @throws IOException if the address is taken or not of this machine, or the kernel refuses otherwise
     */
    public Acceptor<SocketChannel> listen(
            EventLoop loop, SocketAddress address, Acceptor.Handler<SocketChannel> handler) throws IOException {
        return listen(loop, address, false, workers, handler);
    }

    /**
     * Accepts on {@code loop} what comes to {@code listener}, which is bound and in non-blocking mode, and which the
     * acceptor closes.
     *
     * @throws IOException and others as {@link EventLoop#register}; the listener stays open then
     */
    public Acceptor<SocketChannel> listen(
            EventLoop loop, ServerSocketChannel listener, Acceptor.Handler<SocketChannel> handler) throws IOException {
        Objects.requireNonNull(listener, "listener");
        return listen(loop, listener, () -> acceptFrom(listener), handler);
    }

    /**
     * Accepts on {@code loop} what comes to any other kind of listener, for instance a native one.
     *
     * @param listener what is registered with the loop; the acceptor closes it
     * @throws IOException and others as {@link EventLoop#register}; the listener stays open then
     */
    public <C extends Closeable> Acceptor<C> listen(
            EventLoop loop, Closeable listener, Acceptor.Accept<C> accept, Acceptor.Handler<C> handler)
            throws IOException {
        return listen(loop, listener, accept, workers, handler);
    }

    /**
     * Listens on {@code address} once for each loop of {@code group}, and lets the kernel spread the connections over them
     * ({@code SO_REUSEPORT}, socket(7)). Each serves what it accepts, and has the limits for itself.
     *
     * @param address with a port that is not 0
     * @throws UnsupportedOperationException if this system has no {@code SO_REUSEPORT}
     * @throws IllegalArgumentException if the port is 0, which would give each loop another one
     * @throws IOException as {@link #listen(EventLoop, SocketAddress, Acceptor.Handler)}; nothing listens then
     */
    public List<Acceptor<SocketChannel>> listenOnEach(
            EventLoopGroup group, SocketAddress address, Acceptor.Handler<SocketChannel> handler) throws IOException {
        if (address instanceof InetSocketAddress internet && internet.getPort() == 0) {
            throw new IllegalArgumentException(
                    address + " has no port, so each loop would listen on another one; give a port");
        }
        List<Acceptor<SocketChannel>> acceptors = new ArrayList<>();
        try {
            for (EventLoop loop : group) {
                acceptors.add(listen(loop, address, true, null, handler));
            }
        } catch (Throwable e) {
            acceptors.forEach(Acceptor::close);
            throw e;
        }
        return acceptors;
    }

    private Acceptor<SocketChannel> listen(
            EventLoop loop,
            SocketAddress address,
            boolean shared,
            @Nullable EventLoopGroup workers,
            Acceptor.Handler<SocketChannel> handler)
            throws IOException {
        // Before anything is bound; and a channel takes no address for any.
        Objects.requireNonNull(loop, "loop");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(handler, "handler");
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.configureBlocking(false);
            if (shared) {
                listener.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            listener.bind(address, backlog);
            return listen(loop, listener, () -> acceptFrom(listener), workers, handler);
        } catch (Throwable e) {
            listener.close();
            throw e;
        }
    }

    private <C extends Closeable> Acceptor<C> listen(
            EventLoop loop,
            Closeable listener,
            Acceptor.Accept<C> accept,
            @Nullable EventLoopGroup workers,
            Acceptor.Handler<C> handler)
            throws IOException {
        Objects.requireNonNull(loop, "loop");
        Objects.requireNonNull(listener, "listener");
        Objects.requireNonNull(accept, "accept");
        Objects.requireNonNull(handler, "handler");
        Limits limits = new Limits(acceptsPerTurn, maxConnections, shortestRest, longestRest);
        return new Acceptor<>(loop, limits, workers, listener, accept, handler);
    }

    private static @Nullable SocketChannel acceptFrom(ServerSocketChannel listener) throws IOException {
        SocketChannel channel = listener.accept();
        if (channel != null) {
            try {
                channel.configureBlocking(false);
            } catch (Throwable e) {
                channel.close();
                throw e;
            }
        }
        return channel;
    }
}
