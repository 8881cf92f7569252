package dev.pollux.stream;

import dev.pollux.internal.loop.LoopCore;
import dev.pollux.loop.TimerHandle;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Notices that nothing has moved for some time. What moves costs a look at the clock: one timer is pending, and when it finds
 * that something has moved since, it begins again for the rest of the time.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class IdleTimeout {

    private final LoopCore core;
    private final long nanos;
    private final IntSupplier progress;
    private final Runnable over;
    private final Runnable look = this::look;
    private @Nullable TimerHandle timer;
    private long lastMove;
    private int lastProgress;

    /**
     * Begins.
     *
     * @param progress changes with what moves unnoticed
     */
    IdleTimeout(LoopCore core, long nanos, IntSupplier progress, Runnable over) {
        this.core = core;
        this.nanos = nanos;
        this.progress = progress;
        this.over = over;
        moved();
        timer = core.timers().internal(nanos, look);
    }

    void moved() {
        lastMove = core.nanoTime();
    }

    private void look() {
        int now = progress.getAsInt();
        if (now != lastProgress) {
            lastProgress = now;
            moved();
        }
        long left = nanos - (core.nanoTime() - lastMove);
        if (left > 0) {
            timer = core.timers().internal(left, look);
        } else {
            timer = null;
            over.run();
        }
    }

    void end() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
