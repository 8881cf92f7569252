package dev.pollux.tck.model;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.CancellationException;

/**
 * An operation that was begun, and the outcomes that it may have.
 *
 * <p><b>Thread:</b> one at a time.
 */
final class OperationTask {

    private static final long NANOS_PER_MILLI = 1_000_000;

    final int number;
    final OperationStep.Begin step;
    final PoisonedBuffer buffer;
    final byte[] bytes;

    /** Since when its limit counts. */
    private long sinceNanos;

    /** Whether its time was over before a part came that was taken by then, so that it may end all the same. */
    private boolean wasLate;

    boolean cancelled;

    OperationTask(int number, OperationStep.Begin step, PoisonedBuffer buffer, byte[] bytes, long sinceNanos) {
        this.number = number;
        this.step = step;
        this.buffer = buffer;
        this.bytes = bytes;
        this.sinceNanos = sinceNanos;
    }

    /** A part of it has come. */
    void goesOn(long nowNanos) {
        wasLate |= isLate(nowNanos);
        sinceNanos = nowNanos;
    }

    boolean isLate(long nowNanos) {
        return step.limitMillis() != 0 && nowNanos - sinceNanos >= step.limitMillis() * NANOS_PER_MILLI;
    }

    /**
     * Checks that it may fail with {@code failure}.
     *
     * @param closed whether its source or the loop was closed
     * @param broken whether its connection may have failed
     */
    void checkFailure(Throwable failure, long nowNanos, boolean closed, boolean broken) {
        if (!step.takes() && buffer.moved() == bytes.length && bytes.length > 0) {
            throw new AssertionError("OP-5: " + this + " has sent everything, and fails with " + failure);
        }
        if (step.takes() && buffer.moved() != 0) {
            throw new AssertionError("OP-5: " + this + " has received something, and fails with " + failure);
        }
        if (failure instanceof CancellationException) {
            require(cancelled, "OP-5", failure, "no one has cancelled it");
        } else if (failure instanceof SocketTimeoutException late) {
            require(wasLate || isLate(nowNanos), "OP-7", failure, "its time is not over");
            require(
                    late.bytesTransferred == buffer.moved(),
                    "OP-7",
                    failure,
                    "which says that " + late.bytesTransferred + " bytes have moved, not " + buffer.moved());
        } else if (failure instanceof AsynchronousCloseException) {
            require(closed || broken, "OP-8", failure, "no one has closed its source or the loop");
        } else {
            require(failure instanceof IOException && broken, "OP-4", failure, "nothing is wrong with its connection");
        }
    }

    private void require(boolean right, String rule, Throwable failure, String wrong) {
        if (!right) {
            throw new AssertionError(rule + ": " + this + " fails with " + failure + ", but " + wrong, failure);
        }
    }

    @Override
    public String toString() {
        return "#" + number + " " + step;
    }

    /** The memory of an operation, with poison around it, and everywhere once the operation is over. */
    static final class PoisonedBuffer {

        static final int MARGIN = 8;
        private static final byte POISON = 0x5A;
        private static final ByteBuffer SAMPLE = sample();

        final ByteBuffer buffer;
        private final int size;

        /** Takes {@code whole}, which has a margin around {@code size} bytes. */
        PoisonedBuffer(ByteBuffer whole, int size) {
            this.buffer = whole;
            this.size = size;
            poison();
            whole.position(MARGIN).limit(MARGIN + size);
        }

        private static ByteBuffer sample() {
            ByteBuffer sample = ByteBuffer.allocateDirect(OperationRun.MOST_BYTES + 2 * MARGIN);
            while (sample.hasRemaining()) {
                sample.put(POISON);
            }
            return sample.flip();
        }

        private void poison() {
            buffer.duplicate().clear().put(SAMPLE.duplicate().limit(buffer.capacity()));
        }

        void fill(byte[] bytes) {
            buffer.duplicate().put(bytes);
        }

        int moved() {
            return buffer.position() - MARGIN;
        }

        /** Returns the first {@code count} bytes. */
        byte[] taken(int count) {
            byte[] taken = new byte[count];
            buffer.duplicate().clear().position(MARGIN).get(taken);
            return taken;
        }

        /** Checks that nothing was written but the first {@code count} bytes, and has no one use it any more. */
        void retire(int count, Object by) {
            if (buffer.limit() != MARGIN + size || moved() < 0) {
                throw new AssertionError("OP-6: the limit of the buffer of " + by + " is moved: " + buffer);
            }
            if (!isPoison(0, MARGIN) || !isPoison(MARGIN + count, buffer.capacity())) {
                throw new AssertionError("OP-6: " + by + " has written outside of what it says it has received");
            }
            poison();
        }

        /** Checks that it has not been touched since then. */
        void checkRetired(int movedThen, Object by) {
            if (!isPoison(0, buffer.capacity()) || moved() != movedThen) {
                throw new AssertionError("OP-6: the buffer of " + by + " was touched after the completion");
            }
        }

        private boolean isPoison(int from, int to) {
            return buffer.duplicate()
                    .clear()
                    .position(from)
                    .limit(to)
                    .equals(SAMPLE.duplicate().limit(to - from));
        }
    }
}
