package dev.pollux.internal.timer;

import dev.pollux.NanoClock;
import dev.pollux.loop.TimerHandle;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The timers of one loop: made by any thread, kept and run by the loop's.
 *
 * <p>A timer of another thread that is due after the loop wakes anyway wakes no one: it is in its place by then.
 */
public final class Timers implements TimerOwner {

    /** The longest delay: half of what the clock can tell apart, so that deadlines compare right when it wraps. */
    private static final long MAX_DELAY_NANOS = Long.MAX_VALUE / 2;

    private static final int CANCELS_PER_WAKEUP = 1024;

    private final TimerHost host;
    private final NanoClock clock;
    private final int limit;
    private final int failureLimit;
    private final TimerQueue queue;
    private final Set<PeriodicTimer> periodic = new LinkedHashSet<>();
    private final TimerSequence sequence = new TimerSequence();
    private final NextWakeup nextWakeup = new NextWakeup();

    /** The timers that count towards the limit: accepted, and to run. */
    private final AtomicInteger counted = new AtomicInteger();

    /** Counts the cancels of other threads. */
    private final AtomicInteger cancels = new AtomicInteger();

    /** The timers in the queue that are not the user's. Loop thread. */
    private int internal;

    private volatile boolean ended;

    private long timersRun;
    private final Longest longestLag = new Longest();
    private long turnNanos;

    /**
     * Makes an empty set of timers.
     *
     * @param limit how many timers may be pending
     * @param failureLimit how many failures in a row cancel a periodic timer
     */
    public Timers(TimerHost host, NanoClock clock, int limit, int failureLimit) {
        this.host = host;
        this.clock = clock;
        this.limit = limit;
        this.failureLimit = failureLimit;
        this.queue = new TimerQueue(clock.nanoTime());
    }

    /** Schedules a task of the user's. Any thread. */
    public TimerHandle once(long delayNanos, Runnable task) {
        Timer timer = new Timer(this, deadline(delayNanos), sequence(), task);
        arm(timer);
        return timer;
    }

    /** As {@link #once}, for a time by the clock of the loop, which may have passed. Any thread. */
    public TimerHandle at(long deadlineNanos, Runnable task) {
        long longest = clock.nanoTime() + MAX_DELAY_NANOS;
        long deadline = deadlineNanos - longest > 0 ? longest : deadlineNanos;
        Timer timer = new Timer(this, deadline, sequence(), task);
        arm(timer);
        return timer;
    }

    /** As {@link #once}, again and again. Any thread. */
    public TimerHandle atFixedRate(long initialDelayNanos, long periodNanos, int catchUp, Runnable task) {
        PeriodicTimer timer = PeriodicTimer.atFixedRate(
                this, deadline(initialDelayNanos), sequence(), task, Math.min(periodNanos, MAX_DELAY_NANOS), catchUp);
        arm(timer);
        return timer;
    }

    /** As {@link #once}, again and again. Any thread. */
    public TimerHandle withFixedDelay(long initialDelayNanos, long delayNanos, Runnable task) {
        PeriodicTimer timer = PeriodicTimer.withFixedDelay(
                this, deadline(initialDelayNanos), sequence(), task, Math.min(delayNanos, MAX_DELAY_NANOS));
        arm(timer);
        return timer;
    }

    /**
     * Schedules something of the library's own, which no limit concerns and no shutdown waits for. Runs unless the loop
     * ends first, or it is cancelled before. Loop thread, and so is its cancel.
     */
    public TimerHandle internal(long delayNanos, Runnable task) {
        internal++;
        Timer timer = new InternalTimer(this, deadline(delayNanos), sequence.nextOfLoop(), task);
        queue.add(timer);
        return timer;
    }

    private long deadline(long delayNanos) {
        return clock.nanoTime() + Math.min(Math.max(0, delayNanos), MAX_DELAY_NANOS);
    }

    private long sequence() {
        return host.inLoop() ? sequence.nextOfLoop() : sequence.nextOfOthers();
    }

    private void arm(Timer timer) {
        if (!host.accepts()) {
            throw host.rejected(timer, "is closed and");
        }
        count(timer);
        if (host.inLoop()) {
            admit(timer);
        } else {
            post(timer);
        }
    }

    /** Only where there is a limit: many threads that schedule would meet at this count. */
    private void count(Timer timer) {
        if (limit != Integer.MAX_VALUE && counted.incrementAndGet() > limit) {
            counted.decrementAndGet();
            throw host.rejected(timer, "has " + limit + " timers, which is its limit, and");
        }
    }

    private void post(Timer timer) {
        boolean posted = host.post(() -> admit(timer));
        // Asked again: the loop may have found nothing left to wait for, and have ended, between the first question
        // and the post. The one that takes the task away decides, so it is either run or rejected. A timer that is
        // queued by now is taken out again, or a shutdown would wait for it. A periodic one that has run was accepted.
        if ((!posted || !host.accepts()) && timer.cancel() && !timer.hasBegun()) {
            throw host.rejected(timer, "is closed and");
        }
        if (!nextWakeup.isBy(timer.deadlineNanos)) {
            host.wakeup();
        }
    }

    @Override
    public void finished() {
        if (limit != Integer.MAX_VALUE) {
            counted.decrementAndGet();
        }
    }

    private void admit(Timer timer) {
        if (timer.task() == null) {
            return;
        }
        if (timer instanceof PeriodicTimer repeating) {
            if (!host.accepts()) {
                repeating.cancel();
                return;
            }
            periodic.add(repeating);
        }
        queue.add(timer);
    }

    @Override
    public void cancelled(TimerNode timer) {
        if (timer instanceof InternalTimer) {
            if (!ended) {
                internal--;
                discard(timer);
            }
            return;
        }
        finished();
        if (host.inLoop()) {
            discard(timer);
        } else if (host.post(() -> discard(timer)) && !canWait()) {
            host.wakeup();
        }
    }

    /**
     * Returns whether a cancel may wait for the next turn, whenever that is: its timer runs no more, and has given up its
     * task. Not if a shutdown may wait for just this one, and not if many cancels wait: they take memory.
     */
    private boolean canWait() {
        return cancels.incrementAndGet() % CANCELS_PER_WAKEUP != 0 && host.accepts();
    }

    private void discard(TimerNode timer) {
        queue.remove(timer);
        if (timer instanceof PeriodicTimer) {
            periodic.remove(timer);
        }
    }

    /** Cancels what would run for ever. Loop thread. */
    public void cancelPeriodic() {
        List.copyOf(periodic).forEach(Timer::cancel);
    }

    /**
     * Runs what is due at {@code nowNanos}, and none that is scheduled meanwhile. Returns whether any was. Loop thread.
     */
    public boolean runDue(long nowNanos) {
        if (queue.size() == 0) {
            return false;
        }
        if (queue.nextNanos() - nowNanos > 0) {
            return false;
        }
        turnNanos = nowNanos;
        queue.begin(nowNanos);
        boolean any = false;
        while (!host.isDiscarding()) {
            TimerNode timer = queue.poll();
            if (timer == null) {
                break;
            }
            any = true;
            ((Timer) timer).fire();
        }
        return any;
    }

    @Override
    public boolean run(TimerNode timer, Runnable task) {
        timersRun++;
        longestLag.add(turnNanos - timer.deadlineNanos);
        return host.run(task);
    }

    @Override
    public void again(TimerNode timer) {
        queue.add(timer);
    }

    @Override
    public void gaveUp(Runnable task, int failures) {
        host.reportGivenUp(task, failures);
    }

    @Override
    public long nanoTime() {
        return clock.nanoTime();
    }

    @Override
    public int failureLimit() {
        return failureLimit;
    }

    @Override
    public boolean isOpen() {
        return !ended;
    }

    /** Returns whether no timer is in its place. Loop thread. */
    public boolean isEmpty() {
        return queue.size() == 0;
    }

    /** Notes the next deadline for other threads, and returns how long it is until then. Loop thread. */
    public long nanosToNext(long nowNanos) {
        if (queue.size() == 0) {
            nextWakeup.none();
            return Long.MAX_VALUE;
        }
        long next = queue.nextNanos();
        nextWakeup.set(next);
        return Math.max(0, next - nowNanos);
    }

    /** Drops every timer; from here on none is pending. Loop thread. */
    public void end() {
        ended = true;
        cancelPeriodic();
        queue.clear();
        internal = 0;
    }

    /** Returns how many timers of the user's the queue holds. Approximate on other threads. */
    public int pending() {
        return queue.size() - internal;
    }

    /** Returns how many tasks were run. Approximate on other threads. */
    public long timersRun() {
        return timersRun;
    }

    /** Returns the most that a task began after its deadline. */
    public Longest longestLag() {
        return longestLag;
    }

    /** A timer of the library's own. */
    private static final class InternalTimer extends Timer {

        private final Timers timers;

        InternalTimer(Timers timers, long deadlineNanos, long sequence, Runnable task) {
            super(timers, deadlineNanos, sequence, task);
            this.timers = timers;
        }

        @Override
        void fire() {
            Runnable work = (Runnable) takeTask();
            if (work != null) {
                timers.internal--;
                work.run();
            }
        }
    }
}
