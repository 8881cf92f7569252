package dev.pollux.examples.docs;

import dev.pollux.loop.EventLoop;
import dev.pollux.operation.Operation;
import dev.pollux.operation.OperationFutures;
import dev.pollux.operation.Operations;
import dev.pollux.stream.Connection;
import dev.pollux.stream.ConnectionHandler;
import dev.pollux.stream.StreamOptions;
import dev.pollux.stream.StreamServer;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** The code of docs/operations.md. */
@SuppressWarnings("unused") // Pages name what they show.
abstract class OperationSnippets {

    abstract void handle(int count);

    void operations(EventLoop loop, SocketChannel stream, ByteBuffer buffer) throws IOException {
        Operations operations = Operations.on(loop, stream);
        Operation receive = operations.operation(done -> {
            int count = done.result();
            handle(count);
        });
        receive.receive(buffer);
    }

    void lentBuffers() throws IOException {
        EventLoop loop = EventLoop.builder()
                .backend("io_uring")
                .lentBuffers(256, 64 * 1024)
                .open();
    }

    void futures(EventLoop loop, SocketChannel channel) throws IOException {
        OperationFutures stream = Operations.on(loop, channel).futures();
        Thread.ofVirtual().start(() -> {
            ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
            while (stream.receive(buffer.clear()).join() >= 0) {
                stream.send(buffer.flip()).join();
            }
        });
    }

    void streams(EventLoop loop, SocketAddress address, Duration timeout, ConnectionHandler handler)
            throws IOException {
        StreamServer server = StreamServer.builder().listen(loop, address, connection -> Connection::send);
        Connection.connect(loop, address, timeout, StreamOptions.defaults(), connection -> handler);
    }
}
