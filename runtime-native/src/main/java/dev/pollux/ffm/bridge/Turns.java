package dev.pollux.ffm.bridge;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which thread may use the selector underneath. The one that selects keeps its turn while it waits, perhaps for ever; so what
 * another one wants done is left in a queue, and whichever of the two can does it.
 *
 * <p>Nothing is left undone: who leaves work looks for a free turn after that, and who ends a turn looks for work after that.
 */
final class Turns {

    /** Something to do in a turn. */
    interface Work {

        void run() throws IOException;
    }

    private static final class Task extends CompletableFuture<Void> {

        private final Work work;

        Task(Work work) {
            this.work = work;
        }

        void run() {
            try {
                work.run();
                complete(null);
            } catch (Throwable e) {
                completeExceptionally(e);
            }
        }
    }

    private static final Logger log = LoggerFactory.getLogger(PolluxSelectorProvider.class);

    /** How long a close waits at most for a thread that has been woken for it. */
    private static final long MOST_SECONDS_TO_CLOSE = 1;

    private final ReentrantLock turn = new ReentrantLock();
    private final ConcurrentLinkedQueue<Task> tasks = new ConcurrentLinkedQueue<>();
    private final Runnable endWait;
    private volatile boolean waiting;

    /** @param endWait ends the wait in progress; any thread */
    Turns(Runnable endWait) {
        this.endWait = endWait;
    }

    void enter() {
        turn.lock();
    }

    void leave() {
        turn.unlock();
        workIfFree();
    }

    /** Says whether the thread whose turn it is may wait now. It looks for work and other reasons not to wait after this. */
    void beginWait(boolean waits) {
        waiting = waits;
    }

    void endWait() {
        waiting = false;
    }

    /** Returns whether someone is to be woken. Who looks leaves the reason before this. */
    boolean isWaiting() {
        return waiting;
    }

    boolean hasWork() {
        return !tasks.isEmpty();
    }

    /** Does what was left to do. In the turn. */
    void work() {
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void workIfFree() {
        while (hasWork() && turn.tryLock()) {
            try {
                work();
            } finally {
                turn.unlock();
            }
        }
    }

    private void leave(Task task) {
        if (turn.isHeldByCurrentThread()) {
            task.run();
            return;
        }
        tasks.add(task);
        workIfFree();
    }

    /** Has {@code work} done and returns once it is. An interrupt meanwhile stays set. */
    void call(Work work) throws IOException {
        Task task = new Task(work);
        leave(task);
        if (waiting) {
            endWait.run();
        }
        join(task);
    }

    private static void join(Task task) throws IOException {
        try {
            task.join();
        } catch (CompletionException e) {
            Throwable failure = e.getCause();
            if (failure instanceof IOException io) {
                throw io;
            } else if (failure instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw e;
        }
    }

    /**
     * Has {@code work} done. Returns once it is if the turn is free, or the thread that has it waits in the kernel; otherwise that
     * thread does it later, because it may be in the user's code and wait for this one.
     */
    void closeSoon(Work work) {
        Task task = new Task(work);
        leave(task);
        if (waiting) {
            endWait.run();
            boolean interrupted = false;
            try {
                task.get(MOST_SECONDS_TO_CLOSE, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException | TimeoutException e) {
                log.debug("a listening channel closes late", e);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
