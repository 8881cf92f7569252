package dev.pollux.internal.selector;

import dev.pollux.spi.Submission;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An operation that the kernel does, one at a time.
 *
 * <p><b>Thread:</b> the selector's.
 */
public abstract class KernelRequest {

    static final long NOT_IN_FLIGHT = -1;

    long token = NOT_IN_FLIGHT;

    Submission.Kind kind = Submission.Kind.RECEIVE;
    int fd = -1;

    /** Makes a request that is not in flight. */
    protected KernelRequest() {}

    /** Returns whether it was submitted and its last completion has not been delivered. */
    public final boolean isInFlight() {
        return token != NOT_IN_FLIGHT;
    }

    /**
     * Takes a completion. It may submit this request again if that was its last one. Runs as a handler of the selector does.
     *
     * @param result as {@link dev.pollux.spi.EventSink#completed} has it
     * @param lent what was received, if it is in a lent buffer, to be used until this returns
     * @param failure what the result says, if that is a failure
     * @param more whether another completion will come
     */
    protected abstract void completed(
            int result, @Nullable ByteBuffer lent, @Nullable IOException failure, boolean more);

    /** Gives back what a completion brought that is never delivered, because the selector was closed. */
    protected abstract void discarded(int result);
}
