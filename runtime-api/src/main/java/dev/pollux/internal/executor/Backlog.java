package dev.pollux.internal.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one executor that have not begun, by time and then by sequence, and the state that decides what becomes of
 * them.
 *
 * <p>All of it changes under one lock, so a task is taken by exactly one: by the loop to run it, by {@link #stop} to
 * return it, or by {@link #remove}. Only the order of tasks is called under the lock: no code of the user, and none of
 * the loop.
 *
 * <p><b>Thread:</b> any; {@link #take}, {@link #takeBack} and {@link #finished} the loop's.
 */
final class Backlog {

    /** What a call finds: everything, only one-shot tasks that are waiting already, nothing. */
    enum State {
        RUNNING,
        SHUTDOWN,
        STOPPED
    }

    private final TreeSet<LoopFuture<?>> waiting = new TreeSet<>();
    private final CountDownLatch terminated = new CountDownLatch(1);

    private volatile State state = State.RUNNING;

    /** The thread of the task that was taken and has not finished. Guarded by this. */
    private @Nullable Thread runner;

    /** How many threads are about to interrupt {@link #runner}, which waits for them. Guarded by this. */
    private int interrupting;

    /** Whether what is running was interrupted by {@link #interruptRunner}. Guarded by this. */
    private boolean interrupted;

    State state() {
        return state;
    }

    CountDownLatch terminated() {
        return terminated;
    }

    /** Decides once whether {@code task} is accepted, and returns that. */
    synchronized boolean admit(LoopFuture<?> task) {
        if (task.admission == LoopFuture.Admission.OPEN) {
            boolean accepted = state == State.RUNNING;
            task.admission = accepted ? LoopFuture.Admission.ACCEPTED : LoopFuture.Admission.REFUSED;
            if (accepted) {
                add(task);
            }
        }
        return task.admission == LoopFuture.Admission.ACCEPTED;
    }

    private void add(LoopFuture<?> task) {
        waiting.add(task);
        // A cancel that came before this found nothing to remove.
        if (task.isDone()) {
            waiting.remove(task);
        }
    }

    /**
     * Takes the first task, which is {@code until} or comes before it, and counts it as running on the caller's thread.
     * Returns null if {@code until} is not waiting any more, or is not due.
     */
    synchronized @Nullable LoopFuture<?> take(LoopFuture<?> until, long nowNanos) {
        if (until.timeNanos - nowNanos > 0 || !waiting.contains(until)) {
            return null;
        }
        runner = Thread.currentThread();
        return waiting.pollFirst();
    }

    /** Has {@code task} wait for its next run, and returns whether it may: no periodic task outlives a shutdown. */
    synchronized boolean takeBack(LoopFuture<?> task) {
        boolean accepted = state == State.RUNNING;
        if (accepted) {
            add(task);
        }
        return accepted;
    }

    /** Notes that what was taken has run, and returns whether {@link #interruptRunner} interrupted it. */
    @SuppressWarnings("ThreadPriorityCheck") // The other thread is between two statements.
    boolean finished() {
        while (true) {
            synchronized (this) {
                if (interrupting == 0) {
                    boolean was = interrupted;
                    interrupted = false;
                    runner = null;
                    terminateIfDone();
                    return was;
                }
            }
            Thread.yield();
        }
    }

    /** Takes out a task that is not to run, and returns whether it was waiting. */
    synchronized boolean remove(LoopFuture<?> task) {
        boolean removed = waiting.remove(task);
        terminateIfDone();
        return removed;
    }

    /** Takes no further tasks, and returns those periodic ones that were waiting. */
    synchronized List<LoopFuture<?>> shutdown() {
        List<LoopFuture<?>> periodic = List.of();
        if (state == State.RUNNING) {
            state = State.SHUTDOWN;
            periodic = removeAll(LoopFuture::isPeriodic);
        }
        terminateIfDone();
        return periodic;
    }

    /** Takes no further tasks and gives out none. Returns those that have not begun, in order. */
    synchronized List<LoopFuture<?>> stop() {
        state = State.STOPPED;
        List<LoopFuture<?>> notBegun = removeAll(task -> true);
        terminateIfDone();
        return notBegun;
    }

    private List<LoopFuture<?>> removeAll(Predicate<LoopFuture<?>> which) {
        List<LoopFuture<?>> removed = new ArrayList<>();
        waiting.removeIf(task -> which.test(task) && removed.add(task));
        return removed;
    }

    /** Interrupts the thread that runs a task, if one is running, and never what it does after that. */
    void interruptRunner() {
        Thread running;
        synchronized (this) {
            running = runner;
            if (running == null) {
                return;
            }
            interrupting++;
            interrupted = true;
        }
        try {
            // Closes the channel that the task blocks in, so not under the lock.
            running.interrupt();
        } finally {
            synchronized (this) {
                interrupting--;
            }
        }
    }

    private void terminateIfDone() {
        if (state != State.RUNNING && runner == null && waiting.isEmpty()) {
            terminated.countDown();
        }
    }
}
