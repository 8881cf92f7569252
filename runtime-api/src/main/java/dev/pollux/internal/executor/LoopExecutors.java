package dev.pollux.internal.executor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The executors of one loop, which end with it.
 *
 * <p>They are held weakly: the loop holds what has tasks by its calls, and a thread that waits for an executor holds that. So
 * one that is forgotten costs nothing.
 *
 * <p><b>Thread:</b> any.
 */
public final class LoopExecutors {

    private final Host host;

    /** Guarded by this, as are the two below. */
    private final Set<LoopExecutor> open = Collections.newSetFromMap(new WeakHashMap<>());

    private boolean isShutdown;
    private boolean hasEnded;

    public LoopExecutors(Host host) {
        this.host = host;
    }

    /** Returns a new executor, which takes no tasks if the loop does not. */
    public ScheduledExecutorService open() {
        LoopExecutor executor = new LoopExecutor(host);
        boolean shutdown;
        boolean ended;
        synchronized (this) {
            shutdown = isShutdown;
            ended = hasEnded;
            if (!ended) {
                open.add(executor);
            }
        }
        if (ended) {
            executor.end();
        } else if (shutdown) {
            executor.shutdown();
        }
        return executor;
    }

    /**
     * Shuts all executors down. To be called when the loop is shut down, before it takes no further tasks and timers, and
     * not under a lock.
     */
    public void shutdown() {
        List<LoopExecutor> all;
        synchronized (this) {
            isShutdown = true;
            all = new ArrayList<>(open);
        }
        all.forEach(LoopExecutor::shutdown);
    }

    /**
     * Cancels every task that has not begun, and terminates all executors. To be called when the loop has ended, not under
     * a lock.
     *
     * @return the tasks that were cancelled: those of {@code execute} as they were given, otherwise the futures
     */
    public List<Runnable> end() {
        List<LoopExecutor> all;
        synchronized (this) {
            hasEnded = true;
            all = new ArrayList<>(open);
            open.clear();
        }
        List<Runnable> lost = new ArrayList<>();
        all.forEach(executor -> lost.addAll(executor.end()));
        return lost;
    }
}
