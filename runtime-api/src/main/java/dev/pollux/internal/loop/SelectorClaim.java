package dev.pollux.internal.loop;

import dev.pollux.EventSelector;
import dev.pollux.NanoClock;
import dev.pollux.ReadyHandler;
import dev.pollux.internal.selector.KeyedSelector;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The selector of a loop as its driver uses it. The thread that drives claims it, which makes each call of that thread
 * cheaper; a thread that steps the loop keeps the claim between its turns, until another thread drives.
 *
 * <p><b>Thread:</b> the driver of the loop.
 */
final class SelectorClaim {

    private final EventSelector selector;

    /** Null for a selector that knows no claims. */
    private final @Nullable KeyedSelector keyed;

    private final boolean sameClock;

    private @Nullable Thread claimant;

    /** The thread that the backend knows to run the loop. */
    private @Nullable Thread attached;

    /** @param clock what the loop reads the time from */
    SelectorClaim(EventSelector selector, NanoClock clock) {
        this.selector = selector;
        this.keyed = selector instanceof KeyedSelector of ? of : null;
        this.sameClock = keyed != null && keyed.isTimedBy(clock);
    }

    /**
     * Claims the selector for the calling thread, which has just become the driver. If some other thread uses a selector
     * that was given to the loop, the next call of the driver fails and says so.
     */
    void take() {
        Thread me = Thread.currentThread();
        if (claimant != me && keyed != null) {
            try {
                keyed.claim();
                claimant = me;
            } catch (IllegalStateException inUse) {
                claimant = null;
            }
        }
    }

    /** Gives the selector back, before the calling thread leaves. */
    void give() {
        if (claimant != null && keyed != null) {
            claimant = null;
            keyed.release();
        }
    }

    /** Has the backend learn that the calling thread runs the loop. */
    void attach() throws IOException {
        Thread me = Thread.currentThread();
        if (attached != me && keyed != null && keyed.isOpen()) {
            keyed.attach(me);
            attached = me;
        }
    }

    /** Selects without a wait. */
    int selectNow(ReadyHandler handler) throws IOException {
        return selector.selectNanos(0, handler);
    }

    /** Selects at a time that was just read; it is of no meaning if the wait has no limit. */
    int select(long nowNanos, long timeoutNanos, ReadyHandler handler) throws IOException {
        return keyed != null && sameClock
                ? keyed.selectAt(nowNanos, timeoutNanos, handler)
                : selector.selectNanos(timeoutNanos, handler);
    }
}
