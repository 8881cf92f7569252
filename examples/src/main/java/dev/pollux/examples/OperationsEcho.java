package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import dev.pollux.stream.Connection;
import dev.pollux.stream.StreamServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * An echo server on operations: where the kernel does them, as io_uring, it is asked to; elsewhere the loop does.
 *
 * <p>Run it with {@code java -cp … dev.pollux.examples.OperationsEcho}, then {@code nc 127.0.0.1 8088}. Watch for what is not
 * here: what the peer is slow to take waits in the connection's queue, and nothing more is read from the peer until it is sent.
 */
public final class OperationsEcho {

    private OperationsEcho() {}

    /** Serves until the process ends. */
    public static void main(String[] args) throws IOException {
        try (EventLoop loop = EventLoop.open();
                StreamServer server = serve(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 8088))) {
            System.out.println("echo on " + server.address().orElseThrow() + ", backend " + loop.backend());
            loop.run();
        }
    }

    static StreamServer serve(EventLoop loop, SocketAddress address) throws IOException {
        return StreamServer.builder().listen(loop, address, connection -> Connection::send);
    }
}
