package dev.pollux.benchmarks.peers;

import dev.pollux.ffm.file.TcpListener;
import dev.pollux.ffm.file.TcpStream;
import dev.pollux.loop.EventLoop;
import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.CancellationException;

/**
 * An echo server on operations: each connection receives again and again, and sends what came from where it is. The same program
 * on every backend.
 */
final class PolluxOperationsEcho {

    /** With so many in flight on a connection, it receives nothing until they are done. */
    private static final int MOST_SENDS = 4;

    private final EventLoop loop;

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
        new Connection(Operations.on(loop, stream)).begin();
    }

    /** A connection, which has as many sends as were in flight at once. */
    private static final class Connection {

        private final Operations operations;
        private final Operation receive;
        private final ArrayDeque<Operation> idle = new ArrayDeque<>(1);
        private int sending;
        private boolean paused;
        private boolean ended;

        Connection(Operations operations) {
            this.operations = operations;
            this.receive = operations.operation(this::received);
        }

        void begin() {
            receive.receiveEach();
        }

        private void received(Operation done) throws IOException {
            if (!done.goesOn()) {
                paused = done.failure() instanceof CancellationException;
                ended = !paused && done.result() < 0;
                goOn();
                return;
            }
            sendOn(done.lent());
        }

        private void sendOn(ByteBuffer bytes) {
            Operation send = idle.pollLast();
            if (send == null) {
                send = operations.operation(this::sent);
            }
            send.send(bytes);
            if (++sending == MOST_SENDS) {
                receive.cancel();
            }
        }

        private void sent(Operation done) throws IOException {
            done.result();
            idle.addLast(done);
            sending--;
            goOn();
        }

        /** What waits until all is sent. */
        private void goOn() {
            if (sending > 0) {
                return;
            }
            if (ended) {
                operations.close();
            } else if (paused) {
                paused = false;
                begin();
            }
        }
    }
}
