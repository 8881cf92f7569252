package dev.pollux.examples;

import dev.pollux.Events;
import dev.pollux.accept.Acceptor;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * The README's example: the smallest echo server that loses nothing. It sends what the socket takes, waits for room
 * before it reads on, and closes a connection at its end and when it is reset.
 *
 * <p>Run it with {@code java -cp … dev.pollux.examples.QuickEcho}, then {@code nc 127.0.0.1 8088}. {@link QueuedEcho}
 * reads and writes at the same time.
 */
public final class QuickEcho {

    private QuickEcho() {}

    /** Serves until the process ends. */
    public static void main(String[] args) throws IOException {
        try (EventLoop loop = EventLoop.open();
                Acceptor<SocketChannel> acceptor =
                        serve(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 8088))) {
            System.out.println("echo on " + acceptor.address().orElseThrow() + ", backend " + loop.backend());
            loop.run();
        }
    }

    static Acceptor<SocketChannel> serve(EventLoop loop, SocketAddress address) throws IOException {
        return Acceptor.builder().listen(loop, address, accepted -> {
            SocketChannel client = accepted.get();
            ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
            loop.register(client, Events.READ, (registration, ready) -> {
                try {
                    boolean ended = client.read(buffer) < 0;
                    client.write(buffer.flip());
                    boolean isMore = buffer.compact().position() > 0; // the socket has no room for it yet
                    if (isMore || !ended) {
                        registration.modify(isMore ? Events.WRITE : Events.READ);
                        return;
                    }
                } catch (IOException reset) {
                    // It is lost, and ends as at the end of its input.
                }
                registration.cancel();
                accepted.close();
            });
        });
    }
}
