package dev.pollux.internal.loop;

import dev.pollux.EventSelector;
import dev.pollux.NanoClock;
import dev.pollux.SelectorKey;
import dev.pollux.internal.selector.KeyedSelector;
import dev.pollux.internal.timer.Longest;
import dev.pollux.loop.LoopFailure;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What the loop thread is doing, for other threads to ask; and, if that is wanted, how long each thing took.
 *
 * <p>Noting it costs a plain store, and for a callback nothing: the selector knows which one it delivers to. Measuring reads the clock twice for each callback, which is noticeable at one event
 * per turn, so it is off unless a threshold was set.
 */
final class CurrentWork {

    /** Receives what took longer than the threshold. */
    interface SlowHandler {

        void slow(LoopFailure.Kind kind, Object what, long tookNanos);
    }

    private static final VarHandle CURRENT;
    private static final VarHandle SLEEPS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            CURRENT = lookup.findVarHandle(CurrentWork.class, "current", Object.class);
            SLEEPS = lookup.findVarHandle(CurrentWork.class, "sleeps", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final NanoClock clock;
    private final boolean measured;
    private final long slowNanos;
    private final SlowHandler slowHandler;

    /** The selector, which knows the callback that it delivers to; null for one that cannot be asked. */
    private final @Nullable KeyedSelector selector;

    private final boolean callbacksNoted;

    /** What runs, but for a callback that the selector knows. */
    @SuppressWarnings("UnusedVariable") // Read and written by CURRENT.
    private @Nullable Object current;

    /** Whether the loop selects, or is not run at all. */
    @SuppressWarnings("UnusedVariable") // Read and written by SLEEPS.
    private boolean sleeps = true;

    private boolean waiting;
    private long changedNanos;
    private long waitingNanos;
    private long busyNanos;
    private final Longest longest = new Longest();
    private long slow;

    /** Measures if {@code slowNanos} is not {@link LoopSettings#OFF}. */
    CurrentWork(EventSelector selector, NanoClock clock, long slowNanos, SlowHandler slowHandler) {
        this.selector = selector instanceof KeyedSelector keyed ? keyed : null;
        this.clock = clock;
        this.slowNanos = slowNanos;
        this.measured = slowNanos != LoopSettings.OFF;
        this.callbacksNoted = measured || this.selector == null;
        this.slowHandler = slowHandler;
        this.changedNanos = clock.nanoTime();
    }

    /** As {@link #begin}, for a callback. */
    long beginCallback(Object what) {
        return callbacksNoted ? begin(what) : 0;
    }

    /** As {@link #end}, for a callback. */
    void endCallback(Object what, long begun) {
        if (callbacksNoted) {
            end(LoopFailure.Kind.CALLBACK, what, begun);
        }
    }

    /** Returns what to hand to {@link #end}. */
    long begin(Object what) {
        CURRENT.setOpaque(this, what);
        return measured ? woken() : 0;
    }

    void end(LoopFailure.Kind kind, Object what, long begun) {
        CURRENT.setOpaque(this, null);
        if (measured) {
            long took = clock.nanoTime() - begun;
            longest.add(took);
            if (took >= slowNanos) {
                slow++;
                slowHandler.slow(kind, what, took);
            }
        }
    }

    void waits() {
        SLEEPS.setOpaque(this, true);
        if (measured) {
            long now = clock.nanoTime();
            busyNanos += now - changedNanos;
            changedNanos = now;
            waiting = true;
        }
    }

    void returned() {
        SLEEPS.setOpaque(this, false);
        if (measured) {
            woken();
        }
    }

    /** A wait ends with the first callback that it brings, or without any. Returns the present time. */
    private long woken() {
        long now = clock.nanoTime();
        if (waiting) {
            waiting = false;
            waitingNanos += now - changedNanos;
            changedNanos = now;
        }
        return now;
    }

    /** Notes that a thread runs the loop from now on. */
    void resumes() {
        SLEEPS.setOpaque(this, false);
        if (measured) {
            changedNanos = clock.nanoTime();
        }
    }

    /** Notes that no thread runs the loop. That time is neither busy nor waiting. */
    void rests() {
        SLEEPS.setOpaque(this, true);
        if (measured) {
            busyNanos += clock.nanoTime() - changedNanos;
        }
    }

    /** Returns whether the loop waits, or is not run at all. Any thread. */
    boolean isWaiting() {
        return (boolean) SLEEPS.getOpaque(this) && now() == null;
    }

    /** Describes what runs now. Any thread. */
    String describe() {
        Object now = now();
        if (now != null) {
            return nameOf(now);
        }
        return (boolean) SLEEPS.getOpaque(this) ? "waiting" : "between callbacks";
    }

    private @Nullable Object now() {
        Object now = CURRENT.getOpaque(this);
        if (now != null || selector == null) {
            return now;
        }
        SelectorKey key = selector.delivering();
        return key == null ? null : key.data();
    }

    /** Returns what {@code work} calls itself, which is the user's code and may throw. */
    static String nameOf(@Nullable Object work) {
        try {
            return String.valueOf(work);
        } catch (RuntimeException | Error e) {
            // An Error, too: a name is not worth the end of a loop, and its stack has been unwound.
            return "a " + (work == null ? "null" : work.getClass().getName()) + ", whose toString throws "
                    + e.getClass().getName();
        }
    }

    long waitingNanos() {
        return waitingNanos;
    }

    long busyNanos() {
        return busyNanos;
    }

    Longest longest() {
        return longest;
    }

    long slow() {
        return slow;
    }
}
