package dev.pollux.internal.loop;

import dev.pollux.EventSelector;
import dev.pollux.SelectorMetrics;
import dev.pollux.internal.executor.Host;
import dev.pollux.internal.executor.LoopExecutors;
import dev.pollux.internal.timer.Timers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a loop, done once, by its driver: what was accepted is run, returned or reported as lost, everything that
 * was opened is released, and whatever waits for the loop learns that it has ended.
 */
final class LoopEnd {

    private static final Logger log = LoggerFactory.getLogger(Failures.LOGGER);

    private final LoopInfo loop;
    private final EventSelector selector;
    private final Mailbox mailbox;
    private final Timers timers;
    private final Turn turn;
    private final Guard guard;
    private final LoopWork work;
    private final LoopExecutors executors;

    /** What else ends with the loop. Run once the loop has ended, on the thread that ended it. */
    private final Set<Runnable> alsoEnding = ConcurrentHashMap.newKeySet();

    private final CountDownLatch latch = new CountDownLatch(1);
    private final CompletableFuture<Void> termination;
    private final CompletableFuture<List<Runnable>> notBegun;
    private volatile @Nullable SelectorMetrics lastMetrics;

    /** The thread that lets the others go on, and must not wait for that. */
    private volatile @Nullable Thread ender;

    /** The tasks that are not in the queue any more and have not begun. */
    private final Queue<Runnable> left = new ArrayDeque<>();

    private boolean tasksSealed;

    LoopEnd(
            LoopInfo loop,
            EventSelector selector,
            Mailbox mailbox,
            Timers timers,
            Turn turn,
            Guard guard,
            LoopWork work,
            LoopExecutors executors) {
        this.loop = loop;
        this.selector = selector;
        this.mailbox = mailbox;
        this.timers = timers;
        this.turn = turn;
        this.guard = guard;
        this.work = work;
        this.termination = work.futureOfTheEnd();
        this.notBegun = work.futureOfTheEnd();
        this.executors = executors;
    }

    /**
     * Runs {@code ending} when the loop has ended, now if it has. It must not throw. Any thread.
     *
     * @return {@code ending}, to be handed to {@link #forget}
     */
    Runnable alsoEnd(Runnable ending) {
        alsoEnding.add(ending);
        if (mailbox.life.phase() == Lifecycle.Phase.ENDED && alsoEnding.remove(ending)) {
            ending.run();
        }
        return ending;
    }

    /** Takes back what was given to {@link #alsoEnd}. Any thread. */
    void forget(Runnable ending) {
        alsoEnding.remove(ending);
    }

    /**
     * Ends the loop.
     *
     * @param fatal what it did not survive, or null
     */
    void run(@Nullable Throwable fatal) {
        @Nullable Throwable cause = fatal;
        try {
            if (fatal == null) {
                runWhatIsLeft();
            }
        } catch (Throwable e) {
            cause = e;
            throw e;
        } finally {
            guard.absorbInterrupt();
            sealTasks();
            try {
                turn.end();
            } finally {
                timers.end();
                release(cause);
            }
        }
    }

    private void runWhatIsLeft() {
        while (!turn.isDiscarding()) {
            Runnable task = mailbox.tasks.poll();
            if (task == null) {
                break;
            }
            turn.runTask(task);
        }
        sealTasks();
        while (!turn.isDiscarding() && !left.isEmpty()) {
            turn.runTask(left.remove());
        }
    }

    private void sealTasks() {
        if (!tasksSealed) {
            tasksSealed = true;
            left.addAll(mailbox.tasks.seal());
        }
    }

    private void release(@Nullable Throwable cause) {
        try {
            if (selector.isOpen()) {
                lastMetrics = selector.metrics();
            }
            selector.close();
        } finally {
            try {
                // Those who wait for a command learn that the loop is closed.
                mailbox.endCommands();
            } finally {
                ender = Thread.currentThread();
                if (cause != null) {
                    work.failed(cause);
                }
                mailbox.life.released();
                guard.absorbInterrupt();
                letGo(cause);
            }
        }
    }

    /** Lets everything that waits go on. What depends on a future runs in here, and may itself ask for the end. */
    private void letGo(@Nullable Throwable cause) {
        for (Runnable ending : List.copyOf(alsoEnding)) {
            if (alsoEnding.remove(ending)) {
                ending.run();
            }
        }
        // The calls of executors are no one's tasks: what they would have run comes from the executors themselves.
        left.removeIf(task -> task instanceof Host.Dispatch);
        List<Runnable> unused = new ArrayList<>(left);
        left.clear();
        unused.addAll(executors.end());
        work.end();
        if (turn.isDiscarding()) {
            notBegun.complete(unused);
        } else {
            drop(unused, cause);
            notBegun.complete(List.of());
        }
        latch.countDown();
        ender = null;
        if (cause == null) {
            termination.complete(null);
        } else {
            termination.completeExceptionally(cause);
        }
    }

    /** After a failure, tasks that will never run are reported; a future that stands for one is cancelled. */
    private void drop(Collection<Runnable> unused, @Nullable Throwable cause) {
        if (cause != null && !unused.isEmpty()) {
            log.error("{} tasks={} are lost", loop.name, unused.size());
        }
        for (Runnable task : unused) {
            if (task instanceof Future<?> future) {
                cancel(future);
            }
        }
    }

    /** Returns whether the loop has ended and all that waited for it has been let go. Any thread. */
    boolean isDone() {
        return ender == Thread.currentThread() || latch.getCount() == 0;
    }

    /** It may be the user's own, and those that wait for the end are still to be let go. */
    private void cancel(Future<?> future) {
        try {
            future.cancel(false);
        } catch (Throwable e) {
            log.error("{} a task that is lost cannot be cancelled", loop.name, e);
        }
    }

    CountDownLatch latch() {
        return latch;
    }

    /** Waits until the loop has ended. Returns whether it has, within the time. Any thread. */
    boolean await(long timeoutNanos) throws InterruptedException {
        return ender == Thread.currentThread() || latch.await(timeoutNanos, TimeUnit.NANOSECONDS);
    }

    /** As {@link #await}, without limit, and not ended by an interrupt. */
    void awaitUninterruptibly() {
        boolean interrupted = false;
        while (!isDone()) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    CompletableFuture<Void> termination() {
        return termination;
    }

    /** Returns the tasks that a loop that discards has not begun. */
    CompletableFuture<List<Runnable>> notBegun() {
        return notBegun;
    }

    /** Returns what the selector had counted when it was closed; null before. Any thread. */
    @Nullable
    SelectorMetrics lastMetrics() {
        return lastMetrics;
    }
}
