package dev.pollux.internal.timer;

import java.util.concurrent.RejectedExecutionException;

/** What timers need of the loop that runs them. */
public interface TimerHost {

    /** Returns whether the caller is on the loop thread. Any thread. */
    boolean inLoop();

    /** Returns whether the loop takes work. Any thread. */
    boolean accepts();

    /** Runs {@code command} on the loop thread with the next turn. Returns false if the loop has ended. Any thread. */
    boolean post(Runnable command);

    /** Wakes the loop. Any thread. */
    void wakeup();

    /** Runs a task of the user's, whatever it throws. Returns whether it threw nothing. Loop thread. */
    boolean run(Runnable task);

    /** Returns whether no further task is to begin. Loop thread. */
    boolean isDiscarding();

    /** Reports a periodic task that is cancelled because it fails every time. Loop thread. */
    void reportGivenUp(Runnable task, int failuresInARow);

    /** Returns the exception for work that the loop does not take. Any thread. */
    RejectedExecutionException rejected(Object work, String why);
}
