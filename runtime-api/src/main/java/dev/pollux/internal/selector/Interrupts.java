package dev.pollux.internal.selector;

/**
 * What {@link Thread#interrupt} means to a select: it ends one wait, once, and the status stays set. With the status still
 * set the next wait takes its time, until the next interrupt.
 */
final class Interrupts {

    private final InterruptHook hook;

    /** Whether the interrupt that is set has ended a wait already. */
    private boolean reported;

    /** Whether the status is taken away for the length of a select, and is to be set again after it. */
    private boolean hidden;

    /** Whether the status was set when the wait was prepared. */
    private boolean set;

    /** @param onInterrupt ends the wait in progress; runs on the interrupting thread */
    Interrupts(Runnable onInterrupt) {
        hook = new InterruptHook(onInterrupt);
    }

    /** Returns whether an interrupt is set that has not ended a wait yet. From here on it has. */
    boolean take() {
        set = Thread.currentThread().isInterrupted();
        boolean fresh = set && (hidden || !reported);
        reported = set || hidden;
        return fresh;
    }

    /**
     * Begins a wait, after {@link #take} and once the gate is entered.
     *
     * @param nudged whether an interrupt of this thread ends its wait without the hook
     * @return whether to wait: an interrupt that came before the gate was entered has nudged no one
     */
    boolean beforeWait(boolean nudged) {
        if (set) {
            // Reported before and still set: java.nio would not wait at all. While it is hidden it cannot make this
            // spin, and another one shows, also between two waits of one select.
            Thread.interrupted();
            hidden = true;
        }
        if (nudged) {
            return !Thread.currentThread().isInterrupted();
        }
        hook.before();
        return true;
    }

    /** Ends a wait and returns whether an interrupt ended it. */
    boolean afterWait(boolean nudged) {
        if (!nudged) {
            hook.after();
        }
        if (Thread.currentThread().isInterrupted()) {
            reported = true;
            return true;
        }
        return false;
    }

    /** Sets the status again if it is hidden: before a handler runs, and at the end of a select. */
    void show() {
        if (hidden) {
            hidden = false;
            Thread.currentThread().interrupt();
        }
    }
}
