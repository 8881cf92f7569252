package dev.pollux.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Work that any thread hands to the loop, in order. Once sealed it takes nothing, and no task is both refused and kept.
 *
 * <p><b>Thread:</b> any may {@link #offer}, and ask whether it is empty; everything else is for the one that has the
 * loop.
 */
final class TaskQueue {

    private final Queue<Runnable> queue;

    private volatile boolean sealed;

    /** Makes an empty queue that grows by {@code chunk} tasks, a power of two. */
    TaskQueue(int chunk) {
        queue = new MpscUnboundedAtomicArrayQueue<>(chunk);
    }

    /** Adds {@code task}. Returns false if the queue is sealed; the task will not be run then. */
    boolean offer(Runnable task) {
        if (sealed) {
            return false;
        }
        queue.add(task);
        return !sealed || !withdraw(task);
    }

    /** Whoever added while the queue was being sealed finds the task here, or the one who sealed has taken it. */
    private synchronized boolean withdraw(Runnable task) {
        boolean found = false;
        List<Runnable> others = takeAll();
        for (Runnable other : others) {
            if (!found && other == task) {
                found = true;
            } else {
                queue.add(other);
            }
        }
        return found;
    }

    /** Takes the task that comes first, or null. */
    @Nullable
    Runnable poll() {
        return queue.poll();
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Returns how many are waiting; approximate while others add. */
    int size() {
        return queue.size();
    }

    /** Ends the taking of tasks, and returns those that were taken and not polled. */
    synchronized List<Runnable> seal() {
        sealed = true;
        return takeAll();
    }

    private List<Runnable> takeAll() {
        List<Runnable> all = new ArrayList<>();
        for (Runnable task = queue.poll(); task != null; task = queue.poll()) {
            all.add(task);
        }
        return all;
    }
}
