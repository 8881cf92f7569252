package dev.pollux.internal.executor;

import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A task of an executor: with a result, a time and its place among those of the same time.
 *
 * <p>Waiting for it on the loop thread, which is to run it, would never end, and throws {@link IllegalStateException}.
 */
final class LoopFuture<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {

    /** Whether the executor has taken it: not decided, yes, no. */
    enum Admission {
        OPEN,
        ACCEPTED,
        REFUSED
    }

    private final LoopExecutor executor;
    private final long sequence;

    /** Positive for a fixed rate, negative for a fixed delay, 0 for a task that runs once. */
    private final long periodNanos;

    /** When it is due. Changes only while it is running. */
    volatile long timeNanos;

    /** Changes once, under the lock of the backlog. */
    volatile Admission admission = Admission.OPEN;

    /** Calls the loop back at {@link #timeNanos}; null for a task that is due at once. */
    volatile Host.@Nullable Alarm alarm;

    /** What was given to {@link LoopExecutor#execute}, whose caller has no other way to learn what becomes of it. */
    private volatile @Nullable Runnable executed;

    private volatile boolean mayBeInterrupted;

    private volatile @Nullable Throwable failure;

    LoopFuture(LoopExecutor executor, Callable<V> work, long timeNanos, long periodNanos, long sequence) {
        super(work);
        this.executor = executor;
        this.timeNanos = timeNanos;
        this.periodNanos = periodNanos;
        this.sequence = sequence;
    }

    /** Says that it is {@code task} that runs, and that no one has this future to learn how that ends. */
    void executes(Runnable task) {
        executed = task;
    }

    /** Returns what is the user's: the task that was executed, otherwise this future. */
    Runnable usersTask() {
        Runnable task = executed;
        return task == null ? this : task;
    }

    /** Completes it, and what it executes as far as that can be completed, because it will not run. */
    void lost() {
        if (executed instanceof Future<?> future) {
            future.cancel(false);
        }
        cancel(false);
    }

    boolean isOf(LoopExecutor executor) {
        return this.executor == executor;
    }

    /** Runs it now that the loop has come to it, and returns whether it is to run again. */
    boolean runTaken() {
        if (periodNanos != 0) {
            return runAndReset();
        }
        super.run();
        return false;
    }

    /** Returns whether a cancellation may have interrupted the thread that it ran on. */
    boolean wasInterrupted() {
        return mayBeInterrupted && isCancelled();
    }

    /** Returns what a task that was executed threw, and forgets it. */
    @Nullable
    Throwable takeFailure() {
        Throwable thrown = failure;
        failure = null;
        return thrown;
    }

    /** Fails it in place of its task. */
    void fail(Throwable cause) {
        setException(cause);
    }

    void setNextTime() {
        timeNanos = periodNanos > 0 ? timeNanos + periodNanos : executor.triggerTime(-periodNanos);
    }

    /** Runs it where the caller is: part of another task, as {@code invokeAny} makes it, or of the user. */
    @Override
    public void run() {
        if (!executor.mayRun(this)) {
            cancel(false);
        } else if (periodNanos != 0) {
            runAndReset();
        } else {
            super.run();
        }
        executor.afterRun(this);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (mayInterruptIfRunning) {
            mayBeInterrupted = true;
        }
        return super.cancel(mayInterruptIfRunning);
    }

    @Override
    protected void setException(Throwable thrown) {
        if (executed != null) {
            failure = thrown;
        }
        super.setException(thrown);
    }

    @Override
    protected void done() {
        executor.done(this);
    }

    @Override
    public V get() throws InterruptedException, ExecutionException {
        if (!isDone()) {
            executor.beforeWaitFor(this);
        }
        return super.get();
    }

    @Override
    public V get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (timeout > 0 && !isDone()) {
            executor.beforeWaitFor(this);
        }
        return super.get(timeout, unit);
    }

    @Override
    public boolean isPeriodic() {
        return periodNanos != 0;
    }

    @Override
    public long getDelay(TimeUnit unit) {
        return unit.convert(timeNanos - executor.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
        if (other == this) {
            return 0;
        }
        if (other instanceof LoopFuture<?> task && task.isOf(executor)) {
            long later = timeNanos - task.timeNanos;
            return later == 0 ? Long.compare(sequence, task.sequence) : Long.signum(later);
        }
        return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }

    // Identity is what makes a future the same future, whatever its delay is compared to.
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
