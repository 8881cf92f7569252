package dev.pollux.loop;

import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A timer as {@link java.util.concurrent.ScheduledExecutorService} hands it out: with a result, and as a future. */
final class ScheduledTask<V> extends LoopTask<V> implements RunnableScheduledFuture<V> {

    private final boolean periodic;
    private volatile @Nullable Timer timer;
    private volatile boolean running;

    ScheduledTask(LoopCore loop, Callable<V> work, boolean periodic) {
        super(loop, work);
        this.periodic = periodic;
    }

    /** Ties it to the timer that runs it; to be called once, and before anybody else sees it. */
    void runsBy(TimerHandle handle) {
        timer = (Timer) handle;
        if (isDone()) {
            done();
        }
    }

    @Override
    public void run() {
        running = true;
        try {
            if (!periodic) {
                super.run();
            } else if (!runAndReset()) {
                stopTimer();
            }
        } finally {
            running = false;
        }
    }

    boolean isRunning() {
        return running;
    }

    @Override
    protected void done() {
        loop.scheduled.remove(this);
        stopTimer();
    }

    private void stopTimer() {
        Timer timer = this.timer;
        if (timer != null) {
            timer.cancel();
        }
    }

    @Override
    public boolean isPeriodic() {
        return periodic;
    }

    @Override
    public long getDelay(TimeUnit unit) {
        Timer timer = this.timer;
        return timer == null ? 0 : unit.convert(timer.deadlineNanos - loop.clock.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
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
