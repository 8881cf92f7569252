package dev.pollux.loop;

/**
 * A timer that was scheduled.
 *
 * <p><b>Thread:</b> any.
 */
public interface TimerHandle {

    /**
     * Prevents the timer from running.
     *
     * @return whether it will not run because of this call; false if it has run, is running, or was cancelled before
     */
    boolean cancel();

    /** Returns whether the timer is still to run. */
    boolean isPending();
}
