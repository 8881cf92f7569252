package dev.pollux.loop;

/**
 * A timer that was scheduled.
 *
 * <p><b>Thread:</b> any.
 */
public interface TimerHandle {

    /**
     * Prevents the timer from running, or from running again. What it would have run is let go at once, however far
     * away its time is.
     *
     * @return whether it will not run any more because of this call; false if a one-shot timer has run or is running, or
     *     if it was cancelled before
     */
    boolean cancel();

    /** Returns whether the timer is still to run. */
    boolean isPending();
}
