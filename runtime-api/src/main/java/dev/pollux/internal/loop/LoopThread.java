package dev.pollux.internal.loop;

import dev.pollux.EventSelector;
import dev.pollux.internal.selector.KeyedSelector;
import dev.pollux.internal.selector.NudgingThread;

/** The thread that a loop makes for itself: an interrupt ends its wait without the help of the JDK. */
final class LoopThread extends Thread implements NudgingThread {

    private final KeyedSelector selector;

    LoopThread(Runnable task, String name, KeyedSelector selector) {
        super(task, name);
        this.selector = selector;
    }

    @Override
    public void interrupt() {
        super.interrupt();
        selector.nudge();
    }

    @Override
    public boolean nudges(EventSelector other) {
        return other == selector;
    }
}
