package dev.pollux.operation;

import dev.pollux.internal.loop.LoopCore;
import java.util.Arrays;

/**
 * A time limit that begins often and is seldom over: its
 * timers begin again when they find that there is time left.
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

    /** When the timers that are pending are due, the earliest last. */
    private long[] pending = new long[2];

    private int timers;

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
        deadline = core.nanoTime() + nanos;
        begun = true;
        look(nanos);
    }

    void end() {
        begun = false;
    }

    /** Has a timer be due by the deadline: a pending one that is due before that will do. */
    private void look(long left) {
        if (timers > 0 && pending[timers - 1] - deadline <= 0) {
            return;
        }
        if (timers == pending.length) {
            pending = Arrays.copyOf(pending, 2 * timers);
        }
        pending[timers++] = deadline;
        core.timers().internal(left, look);
    }

    private void look() {
        timers--;
        if (!begun) {
            return;
        }
        long left = deadline - core.nanoTime();
        if (left > 0) {
            look(left);
        } else {
            begun = false;
            over.run();
        }
    }
}
