package dev.pollux.benchmarks.peers;

import dev.pollux.ffm.file.TcpListener;
import dev.pollux.ffm.file.TcpStream;
import dev.pollux.loop.EventLoop;
import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * An echo server on operations: each connection receives again and again, and sends what came. What it sends, it copies,
 * because what is received into is lent for the completion only. The same program on every backend.
 */
final class PolluxOperationsEcho {

    private final EventLoop loop;

    /** Buffers that nothing is sent from; the last one used is the first to be used again. */
    private final ArrayDeque<ByteBuffer> buffers = new ArrayDeque<>();

    private PolluxOperationsEcho(String backend) throws IOException {
        loop = EventLoop.builder()
                .backend(backend)
                .threadName(Answers.LOOP_THREAD)
                .failureHandler(failure -> Answers.end(failure.error()))
                .open();
    }

    /** Serves with native sockets. */
    static RunningServer start(String backend, int port) throws IOException {
        PolluxOperationsEcho server = new PolluxOperationsEcho(backend);
        TcpListener listener = TcpListener.bind(
                RunningServer.address(port), TcpListener.Options.DEFAULT.withBacklog(RunningServer.BACKLOG));
        Operations.on(server.loop, listener).operation(server::accepted).acceptEach();
        return new RunningServer(
                listener.localAddress().getPort(), server.loop.start().threadId());
    }

    private void accepted(Operation accept) throws IOException {
        if (!accept.goesOn()) {
            throw new IOException("accepts no more", accept.failure());
        }
        TcpStream stream = (TcpStream) accept.accepted();
        stream.setNoDelay(true);
        Operations operations = Operations.on(loop, stream);
        operations.operation(new Connection(operations)::received).receiveEach();
    }

    private ByteBuffer takeBuffer() {
        ByteBuffer buffer = buffers.pollLast();
        return buffer == null ? ByteBuffer.allocateDirect(Echo.BUFFER_BYTES) : buffer.clear();
    }

    /** A connection, which has as many sends as were in flight at once. */
    private final class Connection {

        private final Operations operations;
        private final ArrayDeque<Operation> idleSends = new ArrayDeque<>(1);

        Connection(Operations operations) {
            this.operations = operations;
        }

        void received(Operation receive) throws IOException {
            if (!receive.goesOn()) {
                receive.result();
                operations.close();
                return;
            }
            Operation send = idleSends.pollLast();
            ByteBuffer buffer = takeBuffer().put(receive.lent()).flip();
            (send == null ? operations.operation(this::sent) : send).send(buffer);
        }

        private void sent(Operation send) throws IOException {
            send.result();
            buffers.addLast(bufferOf(send.buffer()));
            idleSends.addLast(send);
        }

        private static ByteBuffer bufferOf(@Nullable ByteBuffer buffer) {
            if (buffer == null) {
                throw new IllegalStateException("was sent from nothing");
            }
            return buffer;
        }
    }
}
