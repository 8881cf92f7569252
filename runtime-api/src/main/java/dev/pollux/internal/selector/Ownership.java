package dev.pollux.internal.selector;

import java.nio.channels.ClosedSelectorException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Which thread is inside a selector: one at a time, and after a close the last one out releases what the selector opened.
 *
 * <p>A thread that is inside may call again from a handler, and from nowhere else. So what a selector asks a source in the
 * middle of a call, its descriptor or its name for a message, cannot change the registrations under that call.
 */
final class Ownership {

    private final WakeupGate gate;
    private final Runnable release;
    private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();

    /** Whether the owner runs a handler, outside any other call. */
    private boolean inHandler;

    private boolean released;

    /** @param release runs once, with no thread inside, after the gate has closed */
    Ownership(WakeupGate gate, Runnable release) {
        this.gate = gate;
        this.release = release;
    }

    /**
     * Begins a call.
     *
     * @return whether it is the outermost one of its thread; to be handed to {@link #exit}
     * @throws ClosedSelectorException if the selector is closed
     * @throws IllegalStateException if another thread is inside, or this one but not in a handler
     */
    boolean enter() {
        boolean outermost = take();
        if (gate.isClosed()) {
            exit(outermost);
            throw new ClosedSelectorException();
        }
        return outermost;
    }

    private boolean take() {
        Thread me = Thread.currentThread();
        if (owner.get() == me) {
            if (!inHandler) {
                throw new IllegalStateException(
                        "a source calls the selector that is asking it for its descriptor or its"
                                + " name; make that call before or after, not from fd() or toString()");
            }
            inHandler = false;
            return false;
        }
        if (owner.compareAndSet(null, me)) {
            return true;
        }
        if (gate.isClosed()) {
            throw new ClosedSelectorException();
        }
        Thread inside = owner.get();
        throw new IllegalStateException("thread " + me.getName() + " uses a selector that thread "
                + (inside == null ? "(just left)" : inside.getName())
                + " is using; only wakeup and close may be called from other threads");
    }

    /** Ends a call. */
    void exit(boolean outermost) {
        if (!outermost) {
            inHandler = true;
            return;
        }
        owner.set(null);
        // A close that found this thread inside left the release to it. Both write before they read, so one sees it.
        if (gate.isClosed()) {
            releaseIfUnused();
        }
    }

    /** Lets the owner call again, until {@link #endHandler}. */
    void beginHandler() {
        inHandler = true;
    }

    void endHandler() {
        inHandler = false;
    }

    /** Releases after a close, now or when the thread that is inside leaves. Any thread. */
    void closed() {
        if (owner.get() != Thread.currentThread()) {
            releaseIfUnused();
        }
    }

    private void releaseIfUnused() {
        if (owner.compareAndSet(null, Thread.currentThread())) {
            try {
                if (!released) {
                    released = true;
                    release.run();
                }
            } finally {
                owner.set(null);
            }
        }
    }
}
