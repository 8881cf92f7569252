package dev.pollux.examples.cookbook;

import dev.pollux.Events;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Registration;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/** Sends each datagram back to its sender. */
public final class Udp {

    /** How many are taken before the other sources have their turn. */
    private static final int BATCH = 64;

    private Udp() {}

    /** Serves until the process ends. */
    public static void main(String[] args) throws IOException {
        try (EventLoop loop = EventLoop.open();
                DatagramChannel socket = DatagramChannel.open()) {
            socket.bind(Here.address(args)).configureBlocking(false);
            echo(loop, socket);
            System.out.println("receives on " + socket.getLocalAddress());
            loop.run();
        }
    }

    static Registration echo(EventLoop loop, DatagramChannel socket) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024); // no datagram is larger
        return loop.register(socket, Events.READ, (registration, ready) -> {
            for (int i = 0; i < BATCH; i++) {
                SocketAddress sender = socket.receive(buffer.clear());
                if (sender == null) {
                    return;
                }
                socket.send(buffer.flip(), sender); // without room it is dropped, as on the way
            }
        });
    }
}
