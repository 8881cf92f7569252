package dev.pollux.internal.loop;

import dev.pollux.SelectorKey;
import dev.pollux.loop.LoopFailure;
import org.jspecify.annotations.Nullable;

/**
 * Runs the user's code: whatever it throws goes to {@link Failures} and ends nothing else, what it is and how long it
 * takes is noted in {@link CurrentWork}, and no interrupt that came before it can close a channel that it uses.
 *
 * <p><b>Thread:</b> the loop's.
 */
public final class Guard {

    private final Failures failures;
    private final CurrentWork work;

    private boolean interrupted;
    private long callbacks;

    Guard(Failures failures, CurrentWork work) {
        this.failures = failures;
        this.work = work;
    }

    /** Runs {@code task}. Returns whether it threw nothing. */
    boolean run(LoopFailure.Kind kind, Runnable task) {
        absorbInterrupt();
        long begun = work.begin(task);
        try {
            task.run();
            return true;
        } catch (Throwable e) {
            failures.handle(kind, null, e);
            return false;
        } finally {
            work.end(kind, task, begun);
        }
    }

    void runHook(@Nullable Runnable hook) {
        if (hook != null) {
            run(LoopFailure.Kind.HOOK, hook);
        }
    }

    /** Begins a callback. Returns what to hand to {@link #endCallback}. */
    public long beginCallback(Object what) {
        callbacks++;
        absorbInterrupt();
        return work.beginCallback(what);
    }

    /** Ends what {@link #beginCallback} began. */
    public void endCallback(Object what, long begun) {
        work.endCallback(what, begun);
    }

    /**
     * Runs a callback of no registration, or of one that is not paused for its failures.
     *
     * @param key what a failure is reported with
     */
    void runCallback(Runnable callback, @Nullable SelectorKey key) {
        callbacks++;
        absorbInterrupt();
        long begun = work.begin(callback);
        try {
            callback.run();
        } catch (Throwable e) {
            failures.handle(LoopFailure.Kind.CALLBACK, key, e);
        } finally {
            work.end(LoopFailure.Kind.CALLBACK, callback, begun);
        }
    }

    /** Hands what a callback threw to the failure handler. */
    public void failed(@Nullable SelectorKey key, Throwable error) {
        failures.handle(LoopFailure.Kind.CALLBACK, key, error);
    }

    /** Returns what isolates a callback that fails every time. */
    public Failures failures() {
        return failures;
    }

    /**
     * Notes whether there is an interrupt, and returns it. It is kept for the code that runs the loop; the next callback's
     * channel must not be closed by it.
     */
    boolean absorbInterrupt() {
        boolean now = Thread.interrupted();
        if (now) {
            interrupted = true;
        }
        return now;
    }

    /** Returns and forgets whether there was an interrupt. */
    boolean takeInterrupt() {
        boolean taken = interrupted;
        interrupted = false;
        return taken;
    }

    /** Counts the callbacks that were called. */
    long callbacks() {
        return callbacks;
    }
}
