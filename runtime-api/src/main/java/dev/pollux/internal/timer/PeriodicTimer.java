package dev.pollux.internal.timer;

/** A timer that runs again and again until it is cancelled. */
final class PeriodicTimer extends Timer {

    private final long periodNanos;

    /** How many missed runs are made up for; a fixed delay misses none. */
    private final int catchUp;

    private final boolean fixedRate;

    private int failuresInARow;

    /** Set before the task is looked for the first time, so that a thread that takes the task away knows whether it ran. */
    private volatile boolean begun;

    private PeriodicTimer(
            TimerOwner owner,
            long deadlineNanos,
            long sequence,
            Runnable task,
            long periodNanos,
            boolean fixedRate,
            int catchUp) {
        super(owner, deadlineNanos, sequence, task);
        this.periodNanos = periodNanos;
        this.fixedRate = fixedRate;
        this.catchUp = catchUp;
    }

    static PeriodicTimer atFixedRate(
            TimerOwner owner, long deadlineNanos, long sequence, Runnable task, long periodNanos, int catchUp) {
        return new PeriodicTimer(owner, deadlineNanos, sequence, task, periodNanos, true, catchUp);
    }

    static PeriodicTimer withFixedDelay(
            TimerOwner owner, long deadlineNanos, long sequence, Runnable task, long delayNanos) {
        return new PeriodicTimer(owner, deadlineNanos, sequence, task, delayNanos, false, 0);
    }

    @Override
    void fire() {
        if (!begun) {
            begun = true;
        }
        Runnable work = task();
        if (work == null) {
            return;
        }
        if (owner.run(this, work)) {
            failuresInARow = 0;
        } else if (++failuresInARow >= owner.failureLimit()) {
            if (cancel()) {
                owner.gaveUp(work, failuresInARow);
            }
        }
        if (task() != null) {
            next(owner.nanoTime());
            owner.again(this);
        }
    }

    @Override
    boolean hasBegun() {
        return begun;
    }

    /** Sets the deadline of the next run. */
    private void next(long nowNanos) {
        if (!fixedRate) {
            deadlineNanos = nowNanos + periodNanos;
            return;
        }
        deadlineNanos += periodNanos;
        long late = nowNanos - deadlineNanos;
        if (late >= 0) {
            long missed = late / periodNanos + 1;
            deadlineNanos += Math.max(0, missed - catchUp) * periodNanos;
        }
    }
}
