package dev.pollux.internal.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Work that any thread hands to the loop, in order. It is sealed once; then it takes nothing, and no task is both
 * rejected and kept.
 *
 * <p><b>Thread:</b> any may {@link #offer} and ask for the {@link #size}; everything else is for the driver of the loop.
 */
final class SealableQueue {

    private final Queue<Runnable> queue;
    private final ReentrantLock sealing = new ReentrantLock();

    /** What was added after the seal had taken the rest. Each entry has an offer that finds and rejects it. */
    private final List<Runnable> tooLate = new ArrayList<>();

    private volatile boolean sealed;

    /** Makes an empty queue that grows by {@code chunk} tasks, a power of two. */
    SealableQueue(int chunk) {
        this(new MpscUnboundedAtomicArrayQueue<>(chunk));
    }

    /** Makes an empty queue that keeps its tasks in {@code queue}, which any thread may add to. */
    SealableQueue(Queue<Runnable> queue) {
        this.queue = queue;
    }

    /** Adds {@code task}. Returns false if the queue is sealed; the task will not be run then. */
    boolean offer(Runnable task) {
        if (sealed) {
            return false;
        }
        queue.add(task);
        return !sealed || !wasTooLate(task);
    }

    /** Returns whether an offer came after the seal had taken the rest, and removes it then. */
    private boolean wasTooLate(Runnable task) {
        sealing.lock();
        try {
            drainTo(tooLate);
            for (int i = 0; i < tooLate.size(); i++) {
                if (tooLate.get(i) == task) {
                    tooLate.remove(i);
                    return true;
                }
            }
            return false;
        } finally {
            sealing.unlock();
        }
    }

    /** Takes the task that comes first, or null. Not after the seal. */
    @Nullable
    Runnable poll() {
        return queue.poll();
    }

    /**
     * Returns whether there is nothing to poll. An offer that has begun counts as done: the one that makes it asks afterwards
     * whether the loop sleeps, and the queue's own answer leaves out an offer that makes room.
     */
    boolean isEmpty() {
        return queue.peek() == null;
    }

    /** Returns how many are waiting; approximate while others add. */
    int size() {
        return queue.size();
    }

    /** Ends the taking of tasks, and returns those that were taken and not polled. To be called once. */
    List<Runnable> seal() {
        sealing.lock();
        try {
            if (sealed) {
                throw new AssertionError("sealed twice");
            }
            sealed = true;
            List<Runnable> left = new ArrayList<>();
            drainTo(left);
            return left;
        } finally {
            sealing.unlock();
        }
    }

    private void drainTo(List<Runnable> list) {
        for (Runnable task = queue.poll(); task != null; task = queue.poll()) {
            list.add(task);
        }
    }
}
