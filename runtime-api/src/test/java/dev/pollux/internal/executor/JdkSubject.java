package dev.pollux.internal.executor;

import java.lang.reflect.Method;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * A {@link ScheduledThreadPoolExecutor} of one thread in virtual time. Its worker sleeps by real time until the next task
 * is due, so delays are to be of hours, and is woken when the virtual clock has moved.
 */
final class JdkSubject implements Subject {

    private static final Class<?> EXECUTOR;
    private static final Method COMPLETED;
    private static final Method ACTIVE;

    static {
        try {
            EXECUTOR = new VirtualTimeClasses().executor();
            COMPLETED = EXECUTOR.getMethod("getCompletedTaskCount");
            ACTIVE = EXECUTOR.getMethod("getActiveCount");
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ScheduledExecutorService executor;
    private final BlockingQueue<Runnable> queue;
    private volatile Thread worker;

    @SuppressWarnings("unchecked")
    JdkSubject(long startNanos) throws ReflectiveOperationException {
        VirtualSystem.TIME.set(startNanos);
        ThreadFactory threads = task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            worker = thread;
            return thread;
        };
        executor = (ScheduledExecutorService)
                EXECUTOR.getConstructor(int.class, ThreadFactory.class).newInstance(1, threads);
        EXECUTOR.getMethod("setRemoveOnCancelPolicy", boolean.class).invoke(executor, true);
        queue = (BlockingQueue<Runnable>) EXECUTOR.getMethod("getQueue").invoke(executor);
    }

    @Override
    public ScheduledExecutorService executor() {
        return executor;
    }

    @Override
    public long nanoTime() {
        return VirtualSystem.TIME.get();
    }

    @Override
    public void pass(long nanos) {
        VirtualSystem.TIME.addAndGet(nanos);
    }

    @Override
    public boolean isOwn(Runnable task) {
        return task instanceof Nudge;
    }

    @Override
    public void settle() throws Exception {
        if (worker != null && !executor.isTerminated()) {
            queue.add(new Nudge());
        }
        long completed = -1;
        ExecutorTests.until(() -> executor.isTerminated() || worker == null || isIdle());
        while (!executor.isTerminated() && worker != null && completed != completed()) {
            completed = completed();
            ExecutorTests.until(() -> executor.isTerminated() || isIdle());
        }
    }

    /** Looked at twice with no task completed in between, it is true. */
    private boolean isIdle() {
        Thread.State state = worker.getState();
        Runnable first = queue.peek();
        return (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING)
                && number(ACTIVE) == 0
                && (first == null ? !executor.isShutdown() : ((Delayed) first).getDelay(TimeUnit.NANOSECONDS) > 0);
    }

    private long completed() {
        return number(COMPLETED);
    }

    private long number(Method getter) {
        try {
            return ((Number) getter.invoke(executor)).longValue();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public <T> T waiting(Callable<T> call) throws Exception {
        return call.call();
    }

    @Override
    public void settleInBackground() {}

    @Override
    public void close() {
        executor.shutdownNow();
    }

    /** Comes first, does nothing, and has the worker look at the clock before it sleeps again. */
    private static final class Nudge extends FutureTask<Void> implements RunnableScheduledFuture<Void> {

        Nudge() {
            super(() -> null);
        }

        @Override
        public boolean isPeriodic() {
            return false;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(-365, TimeUnit.DAYS);
        }

        @Override
        public int compareTo(Delayed other) {
            return other == this ? 0 : -1;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }
}
