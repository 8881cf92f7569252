package dev.pollux.operation;

import dev.pollux.internal.loop.LoopCore;

/**
 * A time limit that begins often and is seldom over: one timer, which begins again when it finds that there is time left.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class TimeLimit {

    private static final long NONE = Long.MAX_VALUE;

    private final LoopCore core;
    private final Runnable over;
    private final Runnable look = this::look;

    private boolean begun;
    private long deadline;

    /** How many timers are pending, and when the earliest of them is due if there are any. */
    private int timers;

    private long earliest;

    TimeLimit(LoopCore core, Runnable over) {
        this.core = core;
        this.over = over;
    }

    /** Begins, or begins anew. */
    void begin(long nanos) {
        if (nanos == NONE) {
            begun = false;
            return;
        }
        long now = core.nanoTime();
        deadline = now + nanos;
        begun = true;
        if (timers == 0 || deadline - earliest < 0) {
            schedule(nanos);
        }
    }

    void end() {
        begun = false;
    }

    private void schedule(long nanos) {
        timers++;
        earliest = deadline;
        core.timers().internal(nanos, look);
    }

    private void look() {
        timers--;
        if (!begun) {
            return;
        }
        long left = deadline - core.nanoTime();
        if (left <= 0) {
            begun = false;
            over.run();
        } else if (timers == 0) {
            schedule(left);
        } else {
            // Another one is pending, which may be due later than this one would have been.
            earliest = deadline;
            schedule(left);
        }
    }
}
