package dev.pollux.benchmarks;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Selectors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Datagram sockets, some of which stay readable: each of these has sent itself one datagram that is never read.
 *
 * <p>One socket is one descriptor, which leaves room for as many as {@code select(2)} can watch.
 */
final class Sockets implements AutoCloseable {

    private final List<DatagramChannel> channels = new ArrayList<>();

    /** Opens {@code count} sockets, of which the last {@code readable} are readable. */
    static Sockets open(int count, int readable) throws IOException {
        Sockets sockets = new Sockets();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(i >= count - readable);
            }
            return sockets;
        } catch (IOException | RuntimeException e) {
            sockets.close();
            throw e;
        }
    }

    private void add(boolean readable) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channels.add(channel);
        channel.configureBlocking(false);
        if (readable) {
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            channel.send(ByteBuffer.allocate(1), channel.getLocalAddress());
        }
    }

    List<DatagramChannel> channels() {
        return channels;
    }

    /** Returns the descriptors, in the order of {@link #channels}. */
    List<Integer> descriptors() throws IOException {
        List<Integer> descriptors = new ArrayList<>();
        try (EventSelector selector = Selectors.open("epoll")) {
            for (DatagramChannel channel : channels) {
                descriptors.add(selector.register(channel, Events.READ).fd());
            }
        }
        return descriptors;
    }

    @Override
    public void close() throws IOException {
        for (DatagramChannel channel : channels) {
            channel.close();
        }
    }
}
