package dev.pollux.frameworks.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Ports of the loopback address for servers whose configuration must name them. Each is bound here without listening, so the kernel
 * gives it to no one who asks for any port; a server that names it can listen, because both set SO_REUSEADDR.
 */
public final class Ports implements AutoCloseable {

    public static final String HOST = "127.0.0.1";

    private final Deque<Socket> holders = new ArrayDeque<>();

    /** Returns where a server listens that names {@link #HOST} and {@code port}. */
    public static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    public int next() throws IOException {
        Socket holder = new Socket();
        holders.push(holder);
        holder.setReuseAddress(true);
        holder.bind(address(0));
        return holder.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (Socket holder : holders) {
            holder.close();
        }
    }
}
