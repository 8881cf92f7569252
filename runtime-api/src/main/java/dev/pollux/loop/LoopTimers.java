package dev.pollux.loop;

import dev.pollux.NanoClock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The timers of one loop: made by any thread, kept and run by the loop's.
 *
 * <p>A timer of another thread that is due after the loop wakes anyway wakes nobody: it is in its place by then.
 */
final class LoopTimers {

    /** The longest delay: half of what the clock can tell apart, so that deadlines compare right when it wraps. */
    private static final long MAX_DELAY_NANOS = Long.MAX_VALUE / 2;

    private final LoopCore loop;
    private final NanoClock clock;
    private final int limit;
    private final TimerQueue queue;
    private final List<TimerNode> due = new ArrayList<>();
    private final Set<PeriodicTimer> periodic = new LinkedHashSet<>();
    private final AtomicLong sequence = new AtomicLong();
    private final Alarm alarm = new Alarm();

    /** The timers that were accepted and are to run, also those that the loop thread has yet to see. */
    private final AtomicInteger accepted = new AtomicInteger();

    private long timersRun;
    private long longestLagNanos;
    private long turnNanos;

    LoopTimers(LoopCore loop, NanoClock clock, int limit) {
        this.loop = loop;
        this.clock = clock;
        this.limit = limit;
        this.queue = new TimerQueue(clock.nanoTime());
    }

    TimerHandle once(long delayNanos, Runnable task) {
        Timer timer = new Timer(this, deadline(delayNanos), sequence.getAndIncrement(), task);
        arm(timer);
        return timer;
    }

    TimerHandle at(long deadlineNanos, Runnable task) {
        long now = clock.nanoTime();
        long deadline = deadlineNanos - now > MAX_DELAY_NANOS ? now + MAX_DELAY_NANOS : deadlineNanos;
        return arm(new Timer(this, deadline, sequence.getAndIncrement(), task));
    }

    TimerHandle atFixedRate(long initialDelayNanos, long periodNanos, int catchUp, Runnable task) {
        return arm(PeriodicTimer.atFixedRate(
                this,
                deadline(initialDelayNanos),
                sequence.getAndIncrement(),
                task,
                Math.min(periodNanos, MAX_DELAY_NANOS),
                catchUp));
    }

    TimerHandle withFixedDelay(long initialDelayNanos, long delayNanos, Runnable task) {
        return arm(PeriodicTimer.withFixedDelay(
                this,
                deadline(initialDelayNanos),
                sequence.getAndIncrement(),
                task,
                Math.min(delayNanos, MAX_DELAY_NANOS)));
    }

    private long deadline(long delayNanos) {
        return clock.nanoTime() + Math.min(Math.max(0, delayNanos), MAX_DELAY_NANOS);
    }

    private Timer arm(Timer timer) {
        loop.checkAccepts(timer);
        if (limit != Integer.MAX_VALUE && accepted.get() >= limit) {
            throw loop.rejected(timer, "has " + limit + " timers, which is its limit, and");
        }
        count(1);
        if (loop.inLoop()) {
            admit(timer);
        } else {
            try {
                loop.command(() -> admit(timer), timer);
            } catch (RejectedExecutionException ended) {
                count(-1);
                throw ended;
            }
            if (!alarm.ringsBy(timer.deadlineNanos)) {
                loop.wakeup();
            }
        }
        return timer;
    }

    /** Only where there is a limit: many threads that schedule would meet at this count. */
    private void count(int timers) {
        if (limit != Integer.MAX_VALUE) {
            accepted.addAndGet(timers);
        }
    }

    /** Notes that a timer will not run again. */
    void finished() {
        count(-1);
    }

    private void admit(Timer timer) {
        if (!timer.isPending()) {
            return;
        }
        if (timer instanceof PeriodicTimer repeating) {
            if (!loop.isOpen()) {
                repeating.cancel();
                return;
            }
            periodic.add(repeating);
        }
        queue.add(timer);
    }

    /** Lets go of a timer that was cancelled, on whatever thread. */
    void cancelled(Timer timer) {
        if (loop.inLoop()) {
            discard(timer);
        } else if (loop.commandUnlessEnded(() -> discard(timer))) {
            loop.wakeup();
        }
    }

    private void discard(Timer timer) {
        queue.remove(timer);
        if (timer instanceof PeriodicTimer) {
            periodic.remove(timer);
        }
    }

    /** Cancels what would run for ever. */
    void cancelPeriodic() {
        List.copyOf(periodic).forEach(Timer::cancel);
    }

    /** Runs what is due at {@code nowNanos}, all of it collected before the first runs. Returns whether any was. */
    boolean runDue(long nowNanos) {
        if (queue.size() == 0) {
            return false;
        }
        turnNanos = nowNanos;
        queue.takeDue(nowNanos, due);
        if (due.isEmpty()) {
            return false;
        }
        try {
            for (int i = 0; i < due.size() && !loop.isDiscarding(); i++) {
                ((Timer) due.get(i)).fire();
            }
        } finally {
            due.clear();
        }
        return true;
    }

    /** Runs the task of a timer that is due. Returns whether it went well. */
    boolean run(Timer timer, Runnable task) {
        timersRun++;
        longestLagNanos = Math.max(longestLagNanos, turnNanos - timer.deadlineNanos);
        return loop.runTimer(task);
    }

    void again(PeriodicTimer timer) {
        timer.next(clock.nanoTime());
        queue.add(timer);
    }

    /** Cancels a timer that only ever fails. */
    void giveUp(PeriodicTimer timer, int failures) {
        loop.failures.reportIsolated("timer " + Activity.nameOf(timer.task()), "cancelled", failures);
        timer.cancel();
    }

    int failureLimit() {
        return loop.failureLimit();
    }

    boolean isOpen() {
        return !loop.isEnding();
    }

    /** Sets the alarm to the next deadline, and returns how long it is until then. */
    long nanosToNext(long nowNanos) {
        if (queue.size() == 0) {
            alarm.off();
            return Long.MAX_VALUE;
        }
        long next = queue.nextNanos();
        alarm.set(next);
        return Math.max(0, next - nowNanos);
    }

    void clear() {
        cancelPeriodic();
        queue.clear();
    }

    int pending() {
        return queue.size();
    }

    long timersRun() {
        return timersRun;
    }

    long longestLagNanos() {
        return longestLagNanos;
    }
}
