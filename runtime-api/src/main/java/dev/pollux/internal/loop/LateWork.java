package dev.pollux.internal.loop;

/**
 * What callbacks, tasks and timers leave to be done before the loop waits again.
 *
 * <p><b>Thread:</b> the loop's.
 */
public interface LateWork {

    /** Returns whether there is any. */
    boolean isPending();

    /** Does it. May leave a part for the next turn, which does not wait then. */
    void run();

    /** Ends what only the selector can end, which is about to be closed. Called once, when nothing else of the user's will run. */
    void ending();
}
