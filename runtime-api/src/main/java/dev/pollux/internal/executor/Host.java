package dev.pollux.internal.executor;

import java.util.concurrent.RejectedExecutionException;

/**
 * What the executors of a loop need of it.
 *
 * <p><b>Thread:</b> any. No method is called under a lock.
 */
public interface Host {

    /** Returns the name of the loop, for messages. */
    String name();

    /** Returns the time by the clock of the loop, in nanoseconds. */
    long nanoTime();

    /** Returns whether the caller is on the loop thread. */
    boolean inLoop();

    /**
     * Runs {@code dispatch} once on the loop thread, unless the loop ends first. What it throws is for the failure handler
     * of the loop.
     *
     * @throws RejectedExecutionException if the loop takes no further tasks
     */
    void execute(Dispatch dispatch);

    /**
     * Runs {@code dispatch} once on the loop thread when {@link #nanoTime} has reached {@code deadlineNanos}, never
     * earlier, unless it is cancelled or the loop ends first. The deadline may have passed already.
     *
     * @throws RejectedExecutionException if the loop takes no further timers
     */
    Alarm at(long deadlineNanos, Dispatch dispatch);

    /** A dispatch that is to come. */
    interface Alarm {

        /** Lets go of the dispatch if it has not begun. */
        void cancel();
    }

    /**
     * A call by the loop of one of its executors. The task is not in it but in the executor: a loop that ends drops it and
     * reports the task by {@link LoopExecutors#end}.
     */
    interface Dispatch extends Runnable {}
}
