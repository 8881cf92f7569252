package dev.pollux.spi;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A backend whose kernel does whole operations and says when they are done, besides watching sources. Its provider has the
 * capability {@link dev.pollux.Capability#OPERATIONS OPERATIONS}.
 *
 * <p>It has no policy: what is done next after a short count, a cancel or a swap is decided above it. Each operation that
 * {@link #submit} has taken is reported by {@link EventSink#completed}, from within {@link #await} and nowhere else: once, or,
 * if it stays, once for each part and a last time without {@link #MORE}.
 *
 * <p>The kernel uses the memory of an operation from the submission to that last report. {@link #close} therefore ends what
 * is in flight and returns only when the kernel is done with it.
 *
 * <p><b>Thread:</b> as {@link Backend}.
 */
public interface CompletionBackend extends Backend {

    /** In place of a result: the operation was cancelled, by {@link #cancel} or because its thread has ended. */
    int CANCELLED = Integer.MIN_VALUE;

    /** In place of a result: nothing was done, and it is to be tried again once the source is ready ({@code EAGAIN}, {@code EINTR}). */
    int AGAIN = Integer.MIN_VALUE + 1;

    /** In place of a result: every buffer to be lent is out. It is begun again once there are {@link #availableBuffers}. */
    int NO_BUFFERS = Integer.MIN_VALUE + 2;

    /** A flag of a completion: the operation stays, and completes again. */
    int MORE = 1;

    /** A flag of a completion: what was received is in a lent buffer, whose number is in the high 16 bits of the flags. */
    int LENT = 2;

    /**
     * Begins an operation. The kernel may learn of it with the next {@link #flush} or {@link #await} only.
     *
     * @param submission read before this returns, except for the memory of its buffer
     * @param token to be reported with its completion; not the token of another operation that has not completed
     * @return false if the queue is full: {@link #flush} makes room
     * @throws UnsupportedOperationException if this kernel does not do it: the kind of operation, or one whose memory may be
     *     freed while the kernel uses it. It is not reported then, and done as on a backend that does no operations
     * @throws IOException if the operation cannot be begun; it is not reported then
     */
    boolean submit(Submission submission, long token) throws IOException;

    /**
     * Asks to end an operation, which is reported all the same: with its result if it was done by then, else with
     * {@link #CANCELLED}. Does nothing if there is none of that token.
     */
    void cancel(long token);

    /**
     * Returns a lent buffer from position 0 to its end. It is used until {@link #giveBack}, and may be the buffer of another
     * operation meanwhile. Its memory outlives the backend as long as the buffer is reachable: after a swap, the next one may send
     * what this one has lent.
     *
     * @param number as the flags of a completion say
     */
    ByteBuffer lent(int number);

    /** Takes a lent buffer back, so that something else can be received into it. */
    void giveBack(int number);

    /**
     * Returns how many buffers may be lent at present, as far as completions say that were reported; 1 or more if none were made yet.
     * So many operations that completed with {@link #NO_BUFFERS} are begun again at a time.
     */
    int availableBuffers();

    /**
     * Returns what a result says that is negative and none of the constants here.
     *
     * @param kind what was submitted
     * @param fd the descriptor it was about
     */
    IOException failure(Submission.Kind kind, int fd, int result);
}
