package dev.pollux.stream;

import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;

/**
 * Receives from one stream while it is wanted.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class Receiving {

    /** Who receives. */
    interface Owner {

        /** Takes what came. */
        void received(ByteBuffer bytes) throws IOException;

        /** The input has ended. */
        void inputEnded() throws IOException;

        /** Receiving has failed. */
        void receiveFailed(Throwable reason);
    }

    private final Owner owner;
    private final Operation receiving;
    private boolean wanted;
    private boolean ended;

    Receiving(Operations operations, Owner owner) {
        this.owner = owner;
        this.receiving = operations.operation(this::completed);
    }

    /** Receives, or does not. What a kernel has taken by then still comes. */
    void want(boolean receive) {
        if (wanted == receive) {
            return;
        }
        wanted = receive;
        if (!receive) {
            receiving.cancel();
        } else {
            begin();
        }
    }

    boolean hasEnded() {
        return ended;
    }

    private void begin() {
        // One that is being cancelled has its completion still to come, and begins again then.
        if (wanted
                && !ended
                && !receiving.isInFlight()
                && receiving.operations().isOpen()) {
            receiving.receiveEach();
        }
    }

    private void completed(Operation operation) throws IOException {
        if (operation.goesOn()) {
            owner.received(operation.lent());
            return;
        }
        Throwable failure = operation.failure();
        if (failure == null) {
            ended = true;
            owner.inputEnded();
        } else if (failure instanceof CancellationException) {
            begin();
        } else {
            ended = true;
            owner.receiveFailed(failure);
        }
    }
}
