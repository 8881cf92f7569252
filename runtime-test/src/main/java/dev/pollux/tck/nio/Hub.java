package dev.pollux.tck.nio;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/** Makes sources. Its own channels are of the reference: a listening one, to which others connect. */
final class Hub implements Closeable {

    private final SelectorProvider reference;
    private final ServerSocketChannel server;

    Hub(SelectorProvider reference) throws IOException {
        this.reference = reference;
        server = reference.openServerSocketChannel().bind(loopback());
    }

    static SocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    SelectorProvider reference() {
        return reference;
    }

    SocketAddress address() throws IOException {
        return server.getLocalAddress();
    }

    SocketChannel accept() throws IOException {
        return server.accept();
    }

    /** Returns source {@code number} of a history, of {@code provider}. */
    NioSource open(int number, SelectorProvider provider) throws IOException {
        return switch (number) {
            case 0 -> connected(provider);
            case 1 -> accepted(provider);
            case 2 -> new Streams.Connector(provider.openSocketChannel(), this);
            case 3 -> new Streams.Reader(provider.openPipe());
            case 4 -> new Streams.Writer(provider.openPipe());
            case 5 -> new Server(provider.openServerSocketChannel().bind(loopback()), this);
            default ->
                new Datagrams(
                        provider.openDatagramChannel().bind(loopback()),
                        reference.openDatagramChannel().bind(loopback()));
        };
    }

    private NioSource connected(SelectorProvider provider) throws IOException {
        SocketChannel own = provider.openSocketChannel();
        own.connect(address());
        return new Streams.Connection(own, accept());
    }

    private NioSource accepted(SelectorProvider provider) throws IOException {
        try (ServerSocketChannel listener = provider.openServerSocketChannel().bind(loopback())) {
            SocketChannel peer = connect(listener.getLocalAddress());
            return new Streams.Connection(listener.accept(), peer);
        }
    }

    /** Connects a channel of the reference. */
    SocketChannel connect(SocketAddress address) throws IOException {
        SocketChannel channel = reference.openSocketChannel();
        channel.connect(address);
        return channel;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
