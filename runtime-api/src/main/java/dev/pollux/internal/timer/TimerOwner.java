package dev.pollux.internal.timer;

/** What a timer needs of the set that it belongs to. */
interface TimerOwner {

    /** Returns whether timers still run. Any thread. */
    boolean isOpen();

    /** Notes that a timer that counts will not run again. Any thread. */
    void finished();

    /** Lets go of a timer that was cancelled. Any thread. */
    void cancelled(TimerNode timer);

    /** Runs the task of a timer that is due. Returns whether it threw nothing. Loop thread. */
    boolean run(TimerNode timer, Runnable task);

    /** Returns how many failures in a row cancel a periodic timer. */
    int failureLimit();

    /** Reports a task that is cancelled because it fails every time. Loop thread. */
    void reportGivenUp(Runnable task, int failuresInARow);

    /** Returns the time by the clock of the loop. */
    long nanoTime();

    /** Has a timer run at its next deadline. Loop thread. */
    void again(TimerNode timer);
}
