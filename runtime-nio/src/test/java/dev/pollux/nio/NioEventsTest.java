package dev.pollux.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.Events;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

class NioEventsTest {

    @Test
    void aSocketIsAskedForDataOrAFinishedConnect() throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            assertEquals(SelectionKey.OP_READ, NioEvents.toOps(channel, Events.READ));
            assertEquals(SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT, NioEvents.toOps(channel, Events.WRITE));
            assertEquals(channel.validOps(), NioEvents.toOps(channel, Events.READ | Events.WRITE));
        }
    }

    @Test
    void aServerIsAskedForConnections() throws IOException {
        try (ServerSocketChannel channel = ServerSocketChannel.open()) {
            assertEquals(SelectionKey.OP_ACCEPT, NioEvents.toOps(channel, Events.READ));
        }
    }

    @Test
    void theEndsOfAPipeAreAskedForWhatTheyCanDo() throws IOException {
        Pipe pipe = Pipe.open();
        try (Pipe.SourceChannel source = pipe.source();
                Pipe.SinkChannel sink = pipe.sink()) {
            assertEquals(SelectionKey.OP_READ, NioEvents.toOps(source, Events.READ));
            assertEquals(SelectionKey.OP_WRITE, NioEvents.toOps(sink, Events.WRITE));
        }
    }

    @Test
    void whatIsAskedForComesBack() throws IOException {
        try (SocketChannel socket = SocketChannel.open();
                ServerSocketChannel server = ServerSocketChannel.open();
                DatagramChannel datagrams = DatagramChannel.open()) {
            for (int events : new int[] {Events.READ, Events.WRITE, Events.READ | Events.WRITE}) {
                assertEquals(events, roundTrip(socket, events));
                assertEquals(events, roundTrip(datagrams, events));
                assertEquals(events & Events.READ, roundTrip(server, events));
            }
        }
    }

    private static int roundTrip(SelectableChannel channel, int events) {
        return NioEvents.fromOps(NioEvents.toOps(channel, events));
    }

    @Test
    void nothingIsNothing() throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            assertEquals(0, NioEvents.toOps(channel, Events.NONE));
            assertEquals(0, NioEvents.toOps(channel, Events.EDGE | Events.ONESHOT));
        }
        assertEquals(Events.NONE, NioEvents.fromOps(0));
    }
}
