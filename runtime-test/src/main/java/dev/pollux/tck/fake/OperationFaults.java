package dev.pollux.tck.fake;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What may go wrong with the operations of a {@link FakeKernel}, none of which a program may notice. A test asks for a number
 * of each, or for some of everything at random.
 *
 * <p><b>Thread:</b> any.
 */
public final class OperationFaults {

    private static final int ONE_IN = 4;

    private int mostBytes = Integer.MAX_VALUE;
    private int again;
    private int cancelled;
    private int noBuffers;
    private int queueFull;
    private int unable;
    private boolean held;
    private boolean lateCancels;
    private @Nullable SplittableRandom random;

    OperationFaults() {}

    /** From now on one operation moves {@code bytes} at most, 1 or more. */
    public synchronized void shortCounts(int bytes) {
        mostBytes = bytes;
    }

    /** The next {@code times} operations do nothing and say that they are to be tried again. */
    public synchronized void again(int times) {
        again = times;
    }

    /** The next {@code times} operations are cancelled by no one, as those of a thread that has ended. */
    public synchronized void cancel(int times) {
        cancelled = times;
    }

    /** The next {@code times} operations that need a lent buffer find none. */
    public synchronized void noBuffers(int times) {
        noBuffers = times;
    }

    /** The next {@code times} submissions find the queue full. */
    public synchronized void queueFull(int times) {
        queueFull = times;
    }

    /** The next {@code times} submissions are of what this kernel does not do. */
    public synchronized void unable(int times) {
        unable = times;
    }

    /** Nothing completes until this is ended, not even what was cancelled; then everything does at once. */
    public synchronized void hold(boolean hold) {
        held = hold;
    }

    /** A cancel comes too late for what can be done in the next wait. */
    public synchronized void lateCancels(boolean late) {
        lateCancels = late;
    }

    /** From now on each of these happens now and then. */
    public synchronized void atRandom(long seed) {
        random = new SplittableRandom(seed);
    }

    private boolean byChance() {
        return random != null && random.nextInt(ONE_IN) == 0;
    }

    synchronized int mostBytes() {
        return byChance() ? 1 + random().nextInt(16) : mostBytes;
    }

    private SplittableRandom random() {
        SplittableRandom present = random;
        return present == null ? new SplittableRandom(0) : present;
    }

    synchronized boolean isAgain() {
        return (again > 0 && again-- > 0) || byChance();
    }

    synchronized boolean isCancelled() {
        return (cancelled > 0 && cancelled-- > 0) || byChance();
    }

    synchronized boolean hasNoBuffer() {
        return (noBuffers > 0 && noBuffers-- > 0) || byChance();
    }

    synchronized boolean isQueueFull() {
        return queueFull > 0 && queueFull-- > 0;
    }

    synchronized boolean isUnable() {
        return (unable > 0 && unable-- > 0) || byChance();
    }

    synchronized boolean isHeld() {
        return held || byChance();
    }

    synchronized boolean isCancelLate() {
        return lateCancels || byChance();
    }
}
