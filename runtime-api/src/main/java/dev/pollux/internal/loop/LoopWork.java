package dev.pollux.internal.loop;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Takes work for a loop: tasks, blocking work that comes back, and futures that the loop completes.
 *
 * <p><b>Thread:</b> any.
 */
public final class LoopWork {

    private final LoopInfo info;
    private final Lifecycle life;
    private final Mailbox mailbox;
    private final LoopFutures futures;
    private final Offloads offloads;
    private final ProcessExits exits;

    /** What ended the loop, other than a shutdown or a close. */
    private volatile @Nullable Throwable fatal;

    LoopWork(LoopInfo info, Mailbox mailbox, @Nullable Executor offloadExecutor) {
        this.info = info;
        this.life = mailbox.life;
        this.mailbox = mailbox;
        this.futures = new LoopFutures(info, mailbox);
        this.offloads = new Offloads(info, offloadExecutor, this::later);
        this.exits = new ProcessExits(this::later);
    }

    /** Runs a task with the next turn. */
    public void execute(Runnable task) {
        checkAccepts(task);
        if (!mailbox.tasks.offer(task)) {
            throw rejected(task, "has ended and");
        }
        mailbox.wakeup();
    }

    /** Runs blocking work elsewhere. */
    public <V> CompletableFuture<V> offload(Callable<? extends V> blocking) {
        // Announced first: a shutdown that finds nothing left to wait for was then called before this.
        offloads.announced();
        try {
            checkAccepts(blocking);
        } catch (RejectedExecutionException closed) {
            offloads.withdrawn();
            mailbox.wakeup();
            throw closed;
        }
        return offloads.run(blocking, future());
    }

    /** Returns a future for the end of a process. */
    public CompletableFuture<Process> onExit(Process process) {
        checkAccepts(process);
        CompletableFuture<Process> exited = future();
        exits.await(process, exited);
        return exited;
    }

    /** Returns a future that fails if the loop ends before it is completed. */
    public <T> CompletableFuture<T> future() {
        return futures.make();
    }

    /** As {@link #future}, for one wait: an interrupt of the thread that waits cancels it. */
    public <T> CompletableFuture<T> futureForOneWait() {
        return futures.makeForOneWait();
    }

    /** Returns a future that the end of the loop completes, and that the loop thread must not wait for. */
    <T> CompletableFuture<T> futureOfTheEnd() {
        return futures.makeForTheEnd();
    }

    /** Does {@code action} on the loop thread, now if this is it. If the loop has ended, {@code owed} fails. */
    public void onLoop(CompletableFuture<?> owed, Runnable action) {
        if (mailbox.inLoop()) {
            action.run();
        } else {
            later(owed, action);
        }
    }

    void later(CompletableFuture<?> owed, Runnable action) {
        if (mailbox.post(action)) {
            mailbox.wakeup();
        } else {
            owed.completeExceptionally(closed());
        }
    }

    /** Does {@code action} on the loop thread with the next turn. Returns false if the loop has ended. */
    public boolean post(Runnable action) {
        boolean posted = mailbox.post(action);
        if (posted) {
            mailbox.wakeup();
        }
        return posted;
    }

    /** Fails if the loop does not take {@code work}. */
    public void checkAccepts(Object work) {
        if (!life.isOpen()) {
            throw rejected(work, "is closed and");
        }
    }

    RejectedExecutionException rejected(Object work, String why) {
        return new RejectedExecutionException(
                info.name + " " + why + " does not take " + CurrentWork.nameOf(work), fatal);
    }

    int offloaded() {
        return offloads.pending();
    }

    void failed(Throwable cause) {
        fatal = cause;
    }

    /** Fails what no one will complete any more: the loop has ended. */
    void end() {
        futures.failAll(closed());
        exits.clear();
        // Last: those who wait for offloaded work learn that the loop is closed, not that the work was interrupted.
        offloads.close();
    }

    private CancellationException closed() {
        return new CancellationException(info.name + " is closed");
    }
}
