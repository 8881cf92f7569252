package dev.pollux.internal.selector;

import dev.pollux.EventSelector;

/**
 * A thread that ends its own wait when it is interrupted, so that the selector need not ask the JDK to notify it, which
 * costs two monitors a wait.
 */
public interface NudgingThread {

    /**
     * Returns whether {@link Thread#interrupt} of this thread first sets its status and then calls
     * {@link KeyedSelector#nudge} of {@code selector}. Asked when this thread claims that selector; holds while it keeps it.
     */
    boolean nudges(EventSelector selector);
}
