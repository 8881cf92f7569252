package dev.pollux.internal.selector;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who sleeps, who has to wake them, and when it is safe to take the backend away: one word, changed by
 * compare-and-set.
 *
 * <p>A wakeup reaches the backend only if a thread is waiting there and no other wakeup is pending, so however many
 * threads call, one sleep costs one system call at most. The calls under way are counted, and a thread that closes or
 * replaces the backend waits for them first: a late one would write to a descriptor that has a new owner.
 */
final class WakeupGate {

    /** Why a wait ended, or does not begin. */
    static final int WOKEN = 1 << 1;

    static final int CLOSED = 1 << 2;

    private static final int WAITING = 1;
    private static final int ONE_CALL = 1 << 3;

    private final AtomicInteger state = new AtomicInteger();

    /**
     * Asks to sleep.
     *
     * @return 0 if the caller may wait now and must call {@link #leave} after it, else why not; a pending wakeup is
     *     consumed by this
     */
    int enter() {
        while (true) {
            int seen = state.get();
            if ((seen & (WOKEN | CLOSED)) != 0) {
                return consume();
            }
            if (state.compareAndSet(seen, seen | WAITING)) {
                return 0;
            }
        }
    }

    /** Ends a sleep and returns {@link #WOKEN}, {@link #CLOSED}, both or 0; a wakeup is consumed by this. */
    int leave() {
        while (true) {
            int seen = state.get();
            if (state.compareAndSet(seen, seen & ~(WAITING | WOKEN))) {
                return seen & (WOKEN | CLOSED);
            }
        }
    }

    /** Consumes a pending wakeup without sleeping; returns as {@link #leave}. */
    int consume() {
        int seen = state.get();
        return (seen & WOKEN) == 0 ? seen & CLOSED : leave();
    }

    /**
     * Notes a wakeup. Any thread.
     *
     * @return whether the caller must call the backend's wakeup, and {@link #called} after it
     */
    boolean wake() {
        while (true) {
            int seen = state.get();
            if ((seen & (WOKEN | CLOSED)) != 0) {
                return false;
            }
            boolean waiting = (seen & WAITING) != 0;
            if (state.compareAndSet(seen, (seen | WOKEN) + (waiting ? ONE_CALL : 0))) {
                return waiting;
            }
        }
    }

    /** Ends the sleep in progress, if any, without a wakeup for the next one; otherwise as {@link #wake}. */
    boolean nudge() {
        while (true) {
            int seen = state.get();
            if ((seen & WAITING) == 0) {
                return false;
            }
            if (state.compareAndSet(seen, seen + ONE_CALL)) {
                return true;
            }
        }
    }

    /** Notes the close, once; otherwise as {@link #wake}. {@link #isClosed} holds from here on. */
    boolean close() {
        while (true) {
            int seen = state.get();
            if ((seen & CLOSED) != 0) {
                return false;
            }
            boolean waiting = (seen & WAITING) != 0;
            if (state.compareAndSet(seen, (seen | CLOSED) + (waiting ? ONE_CALL : 0))) {
                return waiting;
            }
        }
    }

    /** Ends a call of the backend's wakeup. */
    void called() {
        state.addAndGet(-ONE_CALL);
    }

    boolean isClosed() {
        return (state.get() & CLOSED) != 0;
    }

    /** Returns once no thread is inside the backend's wakeup. No thread may be waiting, so no further one begins. */
    @SuppressWarnings("ThreadPriorityCheck") // On a single processor, the thread inside needs it to get out.
    void awaitCalls() {
        while (state.get() >= ONE_CALL) {
            Thread.yield();
        }
    }
}
