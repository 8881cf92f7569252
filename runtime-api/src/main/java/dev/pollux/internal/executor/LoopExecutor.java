package dev.pollux.internal.executor;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ScheduledExecutorService} that runs its tasks on the thread of a loop, one at a time and in the order of
 * {@link java.util.concurrent.ScheduledThreadPoolExecutor}: by the time that they are due, then by the time of the call.
 * A task without a delay is due at the time of the call.
 *
 * <p>Each accepted task has one call by the loop: a task of the loop if it is due at once, a timer otherwise. That call
 * runs the first task that is due. If this is another one, the call goes to the back of the loop's queue and comes again,
 * so that many tasks that are due keep neither sources nor other tasks from their turn.
 *
 * <p>It differs from a {@code ScheduledThreadPoolExecutor} of one thread with its default policies in four points. A
 * cancelled task is let go at once. What a task of {@link #execute} throws goes to the failure handler of the loop. Waiting
 * on the loop thread for a task or for the end of this executor throws {@link IllegalStateException}. And the end of the
 * loop cancels all tasks and ends the executor.
 *
 * <p><b>Thread:</b> any.
 */
final class LoopExecutor extends AbstractExecutorService implements ScheduledExecutorService {

    private static final int ONCE = 0;

    /** 146 years: half of what the clock can tell apart, so that times compare right when it wraps. */
    private static final long MAX_DELAY_NANOS = (Long.MAX_VALUE >> 1) - 1;

    private final Host host;
    private final Backlog backlog = new Backlog();
    private final AtomicLong sequence = new AtomicLong();

    /** Set by the end of the loop, after which no future may be left waiting. */
    private volatile boolean loopEnded;

    LoopExecutor(Host host) {
        this.host = host;
    }

    @Override
    public void execute(Runnable task) {
        Objects.requireNonNull(task, "task");
        if (task instanceof LoopFuture<?> own && own.isOf(this) && own.admission == LoopFuture.Admission.OPEN) {
            accept(own);
            return;
        }
        LoopFuture<?> future = future(Executors.callable(task), triggerTime(0), ONCE);
        future.executes(task);
        accept(future);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return schedule(Executors.callable(task), delay, unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
        Objects.requireNonNull(work, "work");
        return accept(future(work, triggerTime(unit.toNanos(delay)), ONCE));
    }

    /** As specified there. Runs that were missed are made up for, one after the other. */
    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initialDelay, long period, TimeUnit unit) {
        Callable<?> work = Executors.callable(task);
        long periodNanos = positive("period", period, unit);
        return accept(future(work, triggerTime(unit.toNanos(initialDelay)), periodNanos));
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        Callable<?> work = Executors.callable(task);
        long delayNanos = positive("delay", delay, unit);
        return accept(future(work, triggerTime(unit.toNanos(initialDelay)), -delayNanos));
    }

    private static long positive(String what, long duration, TimeUnit unit) {
        Objects.requireNonNull(unit, "unit");
        if (duration <= 0) {
            throw new IllegalArgumentException(what + " " + duration + " " + unit + " is not positive");
        }
        return unit.toNanos(duration);
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Runnable task, T result) {
        return newTaskFor(Executors.callable(task, result));
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> work) {
        return future(work, triggerTime(0), ONCE);
    }

    private <V> LoopFuture<V> future(Callable<V> work, long timeNanos, long periodNanos) {
        return new LoopFuture<>(this, work, timeNanos, periodNanos, sequence.getAndIncrement());
    }

    /** Returns the time that is {@code delayNanos} from now, which may be negative or without limit. */
    long triggerTime(long delayNanos) {
        return host.nanoTime() + Math.min(Math.max(0, delayNanos), MAX_DELAY_NANOS);
    }

    long nanoTime() {
        return host.nanoTime();
    }

    // What the loop runs.

    /** First has the loop call back and then lets the task wait, so that no task waits without a call to come. */
    private <V> LoopFuture<V> accept(LoopFuture<V> task) {
        if (isShutdown()) {
            throw rejected(task);
        }
        arm(task);
        if (!backlog.admit(task)) {
            disarm(task);
            throw rejected(task);
        }
        return task;
    }

    private void arm(LoopFuture<?> task) {
        Host.Dispatch dispatch = new Call(task);
        if (task.timeNanos - host.nanoTime() <= 0 && !task.isPeriodic()) {
            host.execute(dispatch);
        } else {
            task.alarm = host.at(task.timeNanos, dispatch);
        }
    }

    private static void disarm(LoopFuture<?> task) {
        Host.Alarm alarm = task.alarm;
        if (alarm != null) {
            alarm.cancel();
        }
    }

    /** The call of the loop for {@code task}: runs what is due before it, and then it. */
    private final class Call implements Host.Dispatch {

        private final LoopFuture<?> task;

        Call(LoopFuture<?> task) {
            this.task = task;
        }

        @Override
        public void run() {
            // The call may come before the caller of accept has got that far.
            backlog.admit(task);
            @Nullable Throwable failure = null;
            LoopFuture<?> next = backlog.take(task, host.nanoTime());
            while (next != null) {
                boolean last = next == task || comesAgain();
                failure = joined(failure, runTaken(next));
                next = last ? null : backlog.take(task, host.nanoTime());
            }
            if (failure != null) {
                LoopExecutor.<RuntimeException>rethrow(failure);
            }
        }

        /** Returns whether the loop makes this call once more. */
        private boolean comesAgain() {
            try {
                host.execute(this);
                return true;
            } catch (RejectedExecutionException closed) {
                return false;
            }
        }

        @Override
        public String toString() {
            return task.toString();
        }
    }

    /** Runs a task that was taken. Returns what is for the failure handler of the loop. */
    private @Nullable Throwable runTaken(LoopFuture<?> task) {
        if (task.runTaken()) {
            runAgain(task);
        }
        if (backlog.finished()) {
            Thread.interrupted();
        }
        afterRun(task);
        return task.takeFailure();
    }

    /** Lets no interrupt that was meant for {@code task} reach what the loop runs next. */
    void afterRun(LoopFuture<?> task) {
        if (task.wasInterrupted() && host.inLoop()) {
            Thread.interrupted();
        }
    }

    private static @Nullable Throwable joined(@Nullable Throwable first, @Nullable Throwable second) {
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        first.addSuppressed(second);
        return first;
    }

    private void runAgain(LoopFuture<?> task) {
        task.setNextTime();
        if (!isShutdown()) {
            try {
                arm(task);
            } catch (RejectedExecutionException full) {
                task.fail(full);
                return;
            }
        }
        if (!backlog.takeBack(task)) {
            task.cancel(false);
        }
        if (task.isDone()) {
            disarm(task);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> void rethrow(Throwable failure) throws E {
        throw (E) failure;
    }

    /** Lets go of a task that is done, if it was waiting to run. */
    void done(LoopFuture<?> task) {
        if (backlog.remove(task)) {
            disarm(task);
        }
    }

    /** Returns whether the user may run {@code task}, as {@code ScheduledThreadPoolExecutor} decides it. */
    boolean mayRun(LoopFuture<?> task) {
        return switch (backlog.state()) {
            case RUNNING -> true;
            case SHUTDOWN -> !task.isPeriodic();
            case STOPPED -> false;
        };
    }

    // Waiting.

    /** Prevents a wait without end: for what only the caller's thread does, and for what no thread does any more. */
    void beforeWaitFor(LoopFuture<?> task) {
        if (loopEnded) {
            task.cancel(false);
        } else {
            checkMayWaitFor(task);
        }
    }

    private void checkMayWaitFor(Object what) {
        if (host.inLoop()) {
            throw new IllegalStateException(host.name() + " would wait on its own thread for " + what
                    + ", which needs that thread; let a later task use the result, or wait on another thread");
        }
    }

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> works) throws InterruptedException {
        checkMayInvoke(works);
        return super.invokeAll(works);
    }

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> works, long timeout, TimeUnit unit)
            throws InterruptedException {
        checkMayInvoke(works);
        return super.invokeAll(works, timeout, unit);
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> works) throws InterruptedException, ExecutionException {
        checkMayInvoke(works);
        return super.invokeAny(works);
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> works, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        checkMayInvoke(works);
        return super.invokeAny(works, timeout, unit);
    }

    private void checkMayInvoke(Collection<?> works) {
        if (!works.isEmpty()) {
            checkMayWaitFor("tasks=" + works.size());
        }
    }

    // Ending.

    @Override
    public void shutdown() {
        for (LoopFuture<?> periodic : backlog.shutdown()) {
            disarm(periodic);
            periodic.cancel(false);
        }
    }

    /** As specified there, at once and exact: what is returned does not run, and what is not returned has begun. */
    @Override
    public List<Runnable> shutdownNow() {
        List<LoopFuture<?>> notBegun = backlog.stop();
        backlog.interruptRunner();
        notBegun.forEach(LoopExecutor::disarm);
        return new ArrayList<>(notBegun);
    }

    /** Ends with the loop: cancels what has not begun, and returns it as the user gave it. */
    List<Runnable> end() {
        loopEnded = true;
        List<Runnable> lost = new ArrayList<>();
        for (LoopFuture<?> task : backlog.stop()) {
            lost.add(task.usersTask());
            task.lost();
        }
        return lost;
    }

    @Override
    public boolean isShutdown() {
        return backlog.state() != Backlog.State.RUNNING;
    }

    @Override
    public boolean isTerminated() {
        return backlog.terminated().getCount() == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        if (timeout > 0 && !isTerminated()) {
            checkMayWaitFor("the end of " + this);
        }
        return backlog.terminated().await(timeout, unit);
    }

    private RejectedExecutionException rejected(@Nullable Object task) {
        return new RejectedExecutionException(
                (loopEnded ? host.name() + " has ended" : this + " is shut down") + " and does not take " + task);
    }

    @Override
    public String toString() {
        return "executor of " + host.name();
    }
}
