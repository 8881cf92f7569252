package dev.pollux.loop;

import dev.pollux.SelectorKey;
import org.jspecify.annotations.Nullable;

/**
 * Something of the user's that threw on the loop thread.
 *
 * @param kind what it was
 * @param key the source it was called for; null unless it was a callback
 * @param error what it threw
 */
public record LoopFailure(Kind kind, @Nullable SelectorKey key, Throwable error) {

    /** What can throw. */
    public enum Kind {
        /** A {@link Callback}. */
        CALLBACK,
        /** A task given to {@link EventLoop#execute}. */
        TASK,
        /** A task given to {@link EventLoop#schedule(java.time.Duration, Runnable)} or another method that schedules. */
        TIMER,
        /** A hook before or after the wait. */
        HOOK
    }
}
