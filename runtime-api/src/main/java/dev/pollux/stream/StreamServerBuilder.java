package dev.pollux.stream;

import dev.pollux.accept.Acceptor;
import dev.pollux.accept.AcceptorBuilder;
import dev.pollux.loop.EventLoop;
import dev.pollux.spi.ConnectionSource;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.Objects;
import java.util.function.Function;

/**
 * The settings of a {@link StreamServer}.
 *
 * <p><b>Thread:</b> one at a time.
 */
public final class StreamServerBuilder {

    private AcceptorBuilder acceptor = Acceptor.builder();
    private StreamOptions options = StreamOptions.defaults();

    StreamServerBuilder() {}

    /** Accepts as {@code settings} say: how many connections at most, and for which loops. The default is that of an acceptor. */
    public StreamServerBuilder acceptor(AcceptorBuilder settings) {
        acceptor = Objects.requireNonNull(settings, "settings");
        return this;
    }

    /** Serves connections with {@code settings}. */
    public StreamServerBuilder options(StreamOptions settings) {
        options = Objects.requireNonNull(settings, "settings");
        return this;
    }

    /**
     * Listens on {@code address} and accepts on {@code loop}.
     *
     * @param handlers gets each connection on the thread of its loop, and returns what handles it
     * @throws IOException as {@link AcceptorBuilder#listen(EventLoop, SocketAddress, Acceptor.Handler)}
     */
    public StreamServer listen(
            EventLoop loop, SocketAddress address, Function<? super Connection, ? extends ConnectionHandler> handlers)
            throws IOException {
        StreamServer server = new StreamServer(loop, options, handlers);
        return server.accepting(acceptor.listen(loop, address, server::serve));
    }

    /**
     * Accepts on {@code loop} what comes to {@code listener}, which is bound and in non-blocking mode, and which the server
     * closes.
     *
     * @param handlers as for {@link #listen(EventLoop, SocketAddress, Function)}
     * @throws IOException and others as {@link EventLoop#register}; the listener stays open then
     */
    public StreamServer listen(
            EventLoop loop,
            ServerSocketChannel listener,
            Function<? super Connection, ? extends ConnectionHandler> handlers)
            throws IOException {
        StreamServer server = new StreamServer(loop, options, handlers);
        return server.accepting(acceptor.listen(loop, listener, server::serve));
    }

    /**
     * Accepts on {@code loop} what comes to any other kind of listener, such as a native one.
     *
     * @param listener what is registered with the loop; the server closes it
     * @param handlers as for {@link #listen(EventLoop, SocketAddress, Function)}
     * @throws IOException and others as {@link EventLoop#register}; the listener stays open then
     */
    public <C extends ByteChannel, L extends Closeable & ConnectionSource<C>> StreamServer listen(
            EventLoop loop, L listener, Function<? super Connection, ? extends ConnectionHandler> handlers)
            throws IOException {
        StreamServer server = new StreamServer(loop, options, handlers);
        return server.accepting(acceptor.listen(loop, listener, listener::accept, server::serve));
    }
}
