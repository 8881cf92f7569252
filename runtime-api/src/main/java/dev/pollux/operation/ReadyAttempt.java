package dev.pollux.operation;

import dev.pollux.operation.AbstractOperation.Call;
import dev.pollux.operation.AbstractOperation.State;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * How the loop does operations by itself, once the source is ready: as much as can be done without waiting.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class ReadyAttempt {

    private ReadyAttempt() {}

    /** Does what can be done now that the source is ready. */
    static void ready(Operation operation) {
        try {
            switch (operation.kind) {
                case RECEIVE -> receive(operation);
                case RECEIVE_EACH -> receivePart(operation);
                case ACCEPT -> accept(operation);
                case ACCEPT_EACH -> acceptParts(operation);
                case CONNECT -> {
                    if (operation.operations.source.finishConnect()) {
                        operation.finish(0, Call.INSIDE);
                    }
                }
                case SEND -> send(operation, Call.INSIDE);
                default -> throw new AssertionError(operation.kind);
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            operation.fail(e, Call.INSIDE);
        }
    }

    private static void receive(Operation operation) throws IOException {
        int count = Objects.requireNonNull(operation.operations.source.readable).read(operation.buffer);
        if (count != 0) {
            operation.finish(count, Call.INSIDE);
        }
    }

    private static void receivePart(Operation operation) throws IOException {
        ByteBuffer into = operation.operations.all.loans.own();
        int count = Objects.requireNonNull(operation.operations.source.readable).read(into);
        if (count > 0) {
            operation.part(count, into.flip(), Call.INSIDE);
        } else if (count < 0) {
            operation.finish(-1, Call.INSIDE);
        }
    }

    private static void accept(Operation operation) throws IOException {
        Closeable connection = operation.operations.source.accept();
        if (connection != null) {
            operation.accepted = connection;
            operation.finish(0, Call.INSIDE);
        }
    }

    private static void acceptParts(Operation operation) throws IOException {
        for (int i = 0; i < Operations.ACCEPTS_PER_TURN && operation.state == State.WAITING; i++) {
            Closeable connection = operation.operations.source.accept();
            if (connection == null) {
                return;
            }
            operation.accepted = connection;
            operation.part(0, null, Call.INSIDE);
        }
    }

    /** Sends what the source takes now; the rest once it is ready. */
    static void send(Operation operation, Call how) {
        ByteBuffer from = Objects.requireNonNull(operation.buffer);
        try {
            if (from.hasRemaining()) {
                Objects.requireNonNull(operation.operations.source.writable).write(from);
            }
        } catch (IOException | RuntimeException e) {
            operation.fail(e, how);
            return;
        }
        if (from.hasRemaining()) {
            operation.awaitReadiness();
        } else {
            operation.finish(operation.moved(), how);
        }
    }
}
