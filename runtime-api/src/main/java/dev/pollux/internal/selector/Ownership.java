package dev.pollux.internal.selector;

import java.nio.channels.ClosedSelectorException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Which thread is inside a selector: one at a time, and after a close the last one out releases what the selector opened.
 *
 * <p>A thread that is inside may call again from a handler, and from nowhere else. So what a selector asks a source in the
 * middle of a call, its descriptor or its name for a message, cannot change the registrations under that call.
 *
 * <p>A thread may claim the selector: it then stays the owner between its calls, and each of them costs a plain comparison.
 *
 * <p><b>Why a close releases exactly once.</b> The release runs on the owner only, and {@link #released} is the owner's. A
 * close first sets the gate's bit and then looks for an owner. An owner that lets go first clears {@link #owner} and then
 * looks at the gate. Both words are volatile, so of the two at least one sees the other, and the one that takes the empty
 * owner word releases. A close that finds an owner leaves the release to it. That owner finds the gate closed at the end of
 * its call, at the next one, or when it lets go: a claim that is kept without a further call puts the release off, which is
 * why a loop ends each claim.
 */
final class Ownership {

    // What the owner does; not an enum, because the garbage collector has to be told of each reference that is written.
    private static final int OUTSIDE = 0;
    private static final int INSIDE = 1;
    private static final int IN_HANDLER = 2;

    private final WakeupGate gate;
    private final Runnable release;
    private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();

    /**
     * The owner, if it has claimed the selector. Read without order: a thread that reads itself here has written that
     * itself and has not let go since.
     */
    private @Nullable Thread claimant;

    /** Whether an interrupt of the claimant ends its wait without the JDK's help. */
    private boolean nudged;

    private int place = OUTSIDE;
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
        Thread me = Thread.currentThread();
        if (claimant != me && owner.get() != me && !owner.compareAndSet(null, me)) {
            throw usedByAnother(me);
        }
        if (place == INSIDE) {
            throw new IllegalStateException("a source calls the selector that is asking it for its descriptor or its"
                    + " name; make that call before or after, not from fd() or toString()");
        }
        boolean outermost = place == OUTSIDE;
        if (gate.isClosed()) {
            exit(outermost);
            throw new ClosedSelectorException();
        }
        place = INSIDE;
        return outermost;
    }

    private RuntimeException usedByAnother(Thread me) {
        if (gate.isClosed()) {
            return new ClosedSelectorException();
        }
        Thread inside = owner.get();
        return new IllegalStateException("thread " + me.getName() + " uses a selector that thread "
                + (inside == null ? "(just left)" : inside.getName())
                + " is using; only wakeup and close may be called from other threads");
    }

    /** Ends a call. */
    void exit(boolean outermost) {
        if (!outermost) {
            place = IN_HANDLER;
            return;
        }
        place = OUTSIDE;
        if (claimant == null) {
            letGo();
        } else if (gate.isClosed()) {
            releaseOnce();
        }
    }

    private void letGo() {
        owner.set(null);
        if (gate.isClosed()) {
            releaseIfUnused();
        }
    }

    /**
     * Makes the calling thread the owner until {@link #disclaim}, or until another thread claims between two of its calls.
     * The caller sees to it that such a claim and the calls of the thread before are ordered. Does nothing after a close.
     *
     * @param nudges what {@link #isNudged} returns during the claim
     * @throws IllegalStateException if a thread is inside
     */
    void claim(boolean nudges) {
        Thread me = Thread.currentThread();
        if (claimant == me) {
            return;
        }
        Thread before = owner.get();
        boolean free = before == null || (before == claimant && place == OUTSIDE);
        if (free && owner.compareAndSet(before, me)) {
            claimant = me;
            nudged = nudges;
        } else if (!gate.isClosed()) {
            throw usedByAnother(me);
        }
    }

    /** Ends a claim. Does nothing if another thread has claimed since. */
    void disclaim() {
        if (claimant != Thread.currentThread()) {
            return;
        }
        if (place != OUTSIDE) {
            throw new IllegalStateException("a claim is not given back in the middle of a call");
        }
        claimant = null;
        nudged = false;
        letGo();
    }

    /** Returns whether an interrupt of the owner, which calls this, ends its wait without the JDK's help. */
    boolean isNudged() {
        return nudged;
    }

    /** Lets the owner call again, until {@link #endHandler}. */
    void beginHandler() {
        place = IN_HANDLER;
    }

    void endHandler() {
        place = INSIDE;
    }

    /** Releases after a close, now or when the owner leaves. Any thread. */
    void closed() {
        Thread me = Thread.currentThread();
        if (claimant != me && owner.get() != me) {
            releaseIfUnused();
        } else if (place == OUTSIDE) {
            releaseOnce();
        }
    }

    private void releaseIfUnused() {
        if (owner.compareAndSet(null, Thread.currentThread())) {
            try {
                releaseOnce();
            } finally {
                owner.set(null);
            }
        }
    }

    private void releaseOnce() {
        if (!released) {
            released = true;
            release.run();
        }
    }
}
