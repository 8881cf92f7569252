package dev.pollux.stream;

import dev.pollux.internal.loop.LoopCore;
import dev.pollux.loop.TimerHandle;
import dev.pollux.operation.Operations;
import dev.pollux.spi.HalfClosable;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * How a connection ends: at once, or one direction after the other, its own once everything is sent.
 *
 * <p><b>Thread:</b> the loop's; {@link #phase} and {@link #isOpen} any.
 */
final class ConnectionEnd {

    enum Phase {
        OPEN,
        /** Sends what is left. What is received is dropped from here on. */
        FLUSHING,
        /** Its output has ended; waits for the end of the peer's. */
        LINGERING,
        CLOSED
    }

    /** What ends. */
    interface Owner {

        /** Returns whether nothing waits to be sent. */
        boolean hasSentAll();

        /** Returns whether the peer has ended its output. */
        boolean inputHasEnded();

        /** Receives what the new phase wants. */
        void follow();

        /** The stream is closed, and nothing is in flight any more. */
        void closed(@Nullable Throwable reason);
    }

    private final LoopCore core;
    private final Operations operations;
    private final ByteChannel stream;
    private final long lingerNanos;
    private final Owner owner;

    private volatile Phase phase = Phase.OPEN;
    private @Nullable Throwable reason;
    private @Nullable TimerHandle lingering;

    /** Whether nothing more may be sent, and whether the peer is shown that. */
    private boolean outputEnding;

    private boolean outputEnded;

    /** @param lingerNanos how long the end of the peer's output is waited for */
    ConnectionEnd(LoopCore core, Operations operations, ByteChannel stream, long lingerNanos, Owner owner) {
        this.core = core;
        this.operations = operations;
        this.stream = stream;
        this.lingerNanos = lingerNanos;
        this.owner = owner;
    }

    Phase phase() {
        return phase;
    }

    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    boolean takesOutput() {
        return phase == Phase.OPEN && !outputEnding;
    }

    /** Ends the output once everything is sent. */
    void endOutput() {
        if (takesOutput()) {
            outputEnding = true;
            sent();
        }
    }

    /** Ends the output once everything is sent, and the connection when the peer has ended its own too. */
    void endWhenFlushed() {
        if (phase == Phase.OPEN) {
            outputEnding = true;
            phase = Phase.FLUSHING;
            owner.follow();
            sent();
        }
    }

    /** Goes on if that was the last of what waits to be sent. */
    void sent() {
        if (!owner.hasSentAll()) {
            return;
        }
        if (phase == Phase.OPEN && outputEnding && !outputEnded) {
            outputEnded = true;
            if (owner.inputHasEnded() || !shutDownOutput()) {
                because(null);
            }
        } else if (phase == Phase.FLUSHING) {
            if (owner.inputHasEnded() || !shutDownOutput()) {
                because(null);
            } else if (phase == Phase.FLUSHING) {
                phase = Phase.LINGERING;
                lingering = core.timers().internal(lingerNanos, () -> because(null));
            }
        }
    }

    /** Goes on once the peer has ended its output, and the handler knows. */
    void inputEnded() {
        if (phase == Phase.LINGERING || (phase == Phase.OPEN && outputEnded)) {
            because(null);
        }
    }

    /** Returns false if the stream has no end of one direction. */
    private boolean shutDownOutput() {
        try {
            if (stream instanceof SocketChannel channel) {
                channel.shutdownOutput();
            } else if (stream instanceof HalfClosable halfClosable) {
                halfClosable.shutdownOutput();
            } else {
                return false;
            }
        } catch (IOException | RuntimeException e) {
            because(e);
        }
        return true;
    }

    /** Closes the stream for that reason. Returns whether it was not closed already. */
    boolean because(@Nullable Throwable why) {
        if (phase == Phase.CLOSED) {
            return false;
        }
        phase = Phase.CLOSED;
        reason = why;
        operations.close(this::closed);
        return true;
    }

    private void closed() {
        if (lingering != null) {
            lingering.cancel();
        }
        owner.closed(reason);
    }
}
