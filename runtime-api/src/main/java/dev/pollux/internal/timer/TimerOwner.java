package dev.pollux.internal.timer;

/** What a timer needs of the timers that it is one of. */
interface TimerOwner {

    /** Notes that a timer that counts runs for the last time. Loop thread. */
    void finished();

    /** Lets go of a timer that was cancelled, which will not run again. Any thread. */
    void cancelled(TimerNode timer);

    /** Runs the task of a timer that is due. Returns whether it threw nothing. Loop thread. */
    boolean run(TimerNode timer, Runnable task);

    /** Has a timer run again at its deadline, which is the next one by now. Loop thread. */
    void again(TimerNode timer);

    /** Reports that {@code task} fails every time and was cancelled. Loop thread. */
    void gaveUp(Runnable task, int failures);

    /** Returns the time by the clock of the timers. */
    long nanoTime();

    /** Returns how many failures in a row are too many. */
    int failureLimit();

    /** Returns whether timers still run. Any thread. */
    boolean isOpen();
}
