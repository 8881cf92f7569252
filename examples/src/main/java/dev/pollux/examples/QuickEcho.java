package dev.pollux.examples;

import dev.pollux.Events;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * The README's example: the smallest echo server that works for a patient peer. {@link EchoServer} is what it takes for
 * every other one.
 *
 * <p>Run it with {@code java -cp … dev.pollux.examples.QuickEcho}, then {@code nc 127.0.0.1 8088}.
 */
public final class QuickEcho {

    private QuickEcho() {}

    /** Serves until the process ends. */
    public static void main(String[] args) throws IOException {
        try (EventLoop loop = EventLoop.open();
                ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 8088));
            serve(loop, server);
            loop.run();
        }
    }

    // What stands between the two lines below stands in the README too; a test compares them.
    // README begins
    static void serve(EventLoop loop, ServerSocketChannel server) throws IOException {
        server.configureBlocking(false);
        loop.register(server, Events.READ, (listening, ready) -> {
            SocketChannel client = server.accept();
            if (client == null) {
                return; // whoever knocked has left again
            }
            client.configureBlocking(false);
            ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
            loop.register(client, Events.READ, (served, clientReady) -> {
                if (client.read(buffer.clear()) < 0) {
                    served.cancel();
                    client.close();
                } else {
                    client.write(buffer.flip());
                }
            });
        });
    }
    // README ends
}
