package dev.pollux.internal.executor;

import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;

/** An executor whose time is a test's, for {@link History} to be played on. */
interface Subject extends AutoCloseable {

    ScheduledExecutorService executor();

    long nanoTime();

    /** Moves the clock on; for a caller outside a task, {@link #settle} then runs what is due. */
    void pass(long nanos);

    /** Returns whether {@code task} is none of the player's, but how {@link #settle} is done. */
    boolean isOwn(Runnable task);

    /** Returns when everything that is due has run. */
    void settle() throws Exception;

    /** Makes a call that waits for tasks, and has them run meanwhile. */
    <T> T waiting(Callable<T> call) throws Exception;

    /** Has tasks run on another thread than the caller's; {@link #settle} waits for that. */
    void settleInBackground();

    @Override
    void close();
}
