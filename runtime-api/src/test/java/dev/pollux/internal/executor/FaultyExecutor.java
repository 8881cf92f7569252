package dev.pollux.internal.executor;

import com.google.common.util.concurrent.ForwardingExecutorService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An executor with one fault, which the differential suite has to find. */
final class FaultyExecutor extends ForwardingExecutorService implements ScheduledExecutorService {

    enum Fault {
        DELAYS_EXECUTED_TASKS,
        SWALLOWS_REJECTIONS,
        DELAYS_A_NANOSECOND_MORE,
        DELAYS_A_NANOSECOND_LESS,
        TAKES_RATE_FOR_DELAY,
        TAKES_DELAY_FOR_RATE,
        TAKES_PERIODS_OF_ZERO,
        SHUTS_DOWN_AT_ONCE,
        SHUTS_NOTHING_DOWN,
        ENDS_GENTLY,
        CANCELS_WHAT_IT_RETURNS,
        RETURNS_LESS,
        HAS_ENDED_TOO_SOON,
        NEVER_ENDS,
        WAITS_WITHOUT_LIMIT,
        RETURNS_THE_LAST_RESULT
    }

    private final ScheduledExecutorService correct;
    private final Fault fault;

    FaultyExecutor(ScheduledExecutorService correct, Fault fault) {
        this.correct = correct;
        this.fault = fault;
    }

    @Override
    protected ExecutorService delegate() {
        return correct;
    }

    private boolean has(Fault which) {
        return fault == which;
    }

    @Override
    public void execute(Runnable task) {
        if (has(Fault.DELAYS_EXECUTED_TASKS)) {
            correct.schedule(task, 1, TimeUnit.NANOSECONDS);
        } else if (has(Fault.SWALLOWS_REJECTIONS)) {
            try {
                correct.execute(task);
            } catch (RejectedExecutionException swallowed) {
                return;
            }
        } else {
            correct.execute(task);
        }
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return correct.schedule(task, delay(delay, unit), TimeUnit.NANOSECONDS);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
        return correct.schedule(work, delay(delay, unit), TimeUnit.NANOSECONDS);
    }

    private long delay(long delay, TimeUnit unit) {
        long nanos = unit.toNanos(delay);
        boolean anHour = delay > 0 && nanos < Long.MAX_VALUE / 4;
        if (has(Fault.DELAYS_A_NANOSECOND_MORE) && anHour) {
            return nanos + 1;
        }
        return has(Fault.DELAYS_A_NANOSECOND_LESS) && anHour ? nanos - 1 : nanos;
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initialDelay, long period, TimeUnit unit) {
        return has(Fault.TAKES_RATE_FOR_DELAY)
                ? correct.scheduleWithFixedDelay(task, initialDelay, period, unit)
                : correct.scheduleAtFixedRate(task, initialDelay, period(period), unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        return has(Fault.TAKES_DELAY_FOR_RATE)
                ? correct.scheduleAtFixedRate(task, initialDelay, delay, unit)
                : correct.scheduleWithFixedDelay(task, initialDelay, period(delay), unit);
    }

    private long period(long period) {
        return has(Fault.TAKES_PERIODS_OF_ZERO) && period == 0 ? 1000 : period;
    }

    @Override
    public void shutdown() {
        if (has(Fault.SHUTS_DOWN_AT_ONCE)) {
            correct.shutdownNow();
        } else if (!has(Fault.SHUTS_NOTHING_DOWN)) {
            correct.shutdown();
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        if (has(Fault.ENDS_GENTLY)) {
            correct.shutdown();
            return List.of();
        }
        List<Runnable> notBegun = correct.shutdownNow();
        if (has(Fault.CANCELS_WHAT_IT_RETURNS)) {
            notBegun.forEach(task -> ((Future<?>) task).cancel(false));
        }
        return has(Fault.RETURNS_LESS) && !notBegun.isEmpty() ? notBegun.subList(1, notBegun.size()) : notBegun;
    }

    @Override
    public boolean isTerminated() {
        return has(Fault.HAS_ENDED_TOO_SOON) ? isShutdown() : correct.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return !has(Fault.NEVER_ENDS) && correct.awaitTermination(timeout, unit);
    }

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> works, long timeout, TimeUnit unit)
            throws InterruptedException {
        return has(Fault.WAITS_WITHOUT_LIMIT) ? correct.invokeAll(works) : correct.invokeAll(works, timeout, unit);
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> works, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (has(Fault.RETURNS_THE_LAST_RESULT)) {
            List<Callable<T>> reversed = new ArrayList<>(works);
            Collections.reverse(reversed);
            return correct.invokeAny(reversed, timeout, unit);
        }
        return correct.invokeAny(works, timeout, unit);
    }
}
