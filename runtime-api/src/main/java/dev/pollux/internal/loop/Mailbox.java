package dev.pollux.internal.loop;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What other threads want of a loop, and how they wake it for that.
 *
 * <p>Two queues reach the loop thread. Commands are the library's: they concern registrations, timers and futures, and
 * all of them are done before anything else of a turn. Tasks are the user's, and have a budget. Both are sealed at the
 * end, so what was accepted is done and the rest is rejected.
 */
final class Mailbox {

    final SealableQueue tasks = new SealableQueue(1024);
    final Lifecycle life;

    private final SealableQueue commands = new SealableQueue(64);
    private final Runnable waker;

    /** Calls that another thread has made and waits for. */
    private final AtomicInteger calls = new AtomicInteger();

    /** Whether the loop sleeps, or is about to: it needs a wakeup. Set before the last look for work. */
    private final AtomicBoolean asleep = new AtomicBoolean();

    /** Makes an empty mailbox of a loop that {@code waker} wakes. */
    Mailbox(Lifecycle life, Runnable waker) {
        this.life = life;
        this.waker = waker;
    }

    boolean inLoop() {
        return life.isDriver();
    }

    /** Has {@code command} done with the next turn. Does not wake the loop. Returns false if the loop has ended. */
    boolean post(Runnable command) {
        return commands.offer(command);
    }

    /** As {@link #post}, for a command that the caller then waits for: the driver does not leave before it is done. */
    boolean postCall(Runnable call) {
        calls.incrementAndGet();
        life.beginCall();
        boolean posted = commands.offer(() -> {
            try {
                call.run();
            } finally {
                callEnded();
            }
        });
        if (!posted) {
            callEnded();
        }
        return posted;
    }

    private void callEnded() {
        calls.decrementAndGet();
        life.endCall();
    }

    /** Returns whether there is something to do that another thread waits for. */
    boolean isCalled() {
        // A call that is counted and not posted yet is done by its own thread, if no one drives the loop by then.
        return calls.get() > 0 && hasCommands();
    }

    boolean hasCommands() {
        return !commands.isEmpty();
    }

    /** Does what was posted. Loop thread. */
    void runCommands() {
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
    }

    /** Does what was posted, and takes no more. Loop thread. */
    void endCommands() {
        @Nullable Throwable failure = null;
        for (Runnable command : commands.seal()) {
            try {
                command.run();
            } catch (Throwable e) {
                // The others have threads that wait for them.
                failure = e;
            }
        }
        if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
    }

    /** Announces a sleep. The loop then looks for work once more, and sleeps only if there is none. Loop thread. */
    void fallsAsleep() {
        asleep.set(true);
    }

    /** Ends what {@link #fallsAsleep} began. Loop thread. */
    void isAwake() {
        asleep.lazySet(false);
    }

    /**
     * Wakes the loop if it sleeps. To be called after what it is woken for was handed over or noted: a loop that is awake
     * finds that before it sleeps.
     */
    void wakeup() {
        if (asleep.get() && !inLoop()) {
            waker.run();
        }
    }
}
