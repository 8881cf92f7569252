package dev.pollux.internal.loop;

import dev.pollux.EventSelector;
import dev.pollux.NanoClock;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import dev.pollux.internal.timer.Timers;
import dev.pollux.loop.LoopFailure;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * One turn of a loop after the other: what is done in which order, how long for, and how long it may sleep.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class Turn {

    /** How often a task budget of time is looked at: reading the clock costs as much as a short task. */
    private static final int TASKS_PER_CLOCK_READING = 16;

    private final LoopSettings settings;
    private final EventSelector selector;
    private final NanoClock clock;
    private final Mailbox mailbox;
    private final Timers timers;
    private final Guard guard;
    private final CurrentWork work;
    private final ReadyHandler callbacks;
    private final BooleanSupplier mayWait;

    // A field, because a method reference in the turn would be a new object each time.
    private final ReadyHandler counting = this::countAndCall;

    /** Set once tasks that have not begun are not to be run any more. */
    private volatile boolean discarding;

    private long turns;
    private long callbacksCalled;
    private long tasksRun;

    /**
     * Makes the turns of a loop.
     *
     * @param callbacks calls the callback of a ready key
     * @param mayWait whether there is nothing to do but to wait for sources and timers
     */
    Turn(
            LoopSettings settings,
            EventSelector selector,
            Mailbox mailbox,
            Timers timers,
            Guard guard,
            CurrentWork work,
            ReadyHandler callbacks,
            BooleanSupplier mayWait) {
        this.settings = settings;
        this.selector = selector;
        this.clock = settings.clock();
        this.mailbox = mailbox;
        this.timers = timers;
        this.guard = guard;
        this.work = work;
        this.callbacks = callbacks;
        this.mayWait = mayWait;
    }

    /**
     * Does one turn, which waits for at most {@code maxWaitNanos}.
     *
     * @param waitAnyway whether the turn also waits after it has run a timer or a task
     */
    void run(long maxWaitNanos, boolean waitAnyway) throws IOException {
        turns++;
        mailbox.runCommands();
        long now = clock.nanoTime();
        boolean ran = timers.runDue(now);
        ran |= runTasks(now);
        guard.runHook(settings.beforeWait());
        guard.absorbInterrupt();
        long limit = ran && !waitAnyway ? 0 : maxWaitNanos;
        // Reading the clock is noticeable at one event per turn: once is enough if nothing has run since.
        boolean isNow = !ran && settings.beforeWait() == null;
        long waitNanos = waitNanos(isNow ? now : clock.nanoTime(), limit);
        if (waitNanos > 0 && settings.whenIdle() != null) {
            guard.runHook(settings.whenIdle());
            waitNanos = waitNanos(clock.nanoTime(), limit);
        }
        work.waits();
        selector.selectNanos(waitNanos, counting);
        work.returned();
        guard.runHook(settings.afterWait());
        guard.absorbInterrupt();
    }

    private long waitNanos(long nowNanos, long maxWaitNanos) {
        // First the deadline, then the look for commands: a thread that adds one asks in reverse order.
        long toNext = timers.nanosToNext(nowNanos);
        return mayWait.getAsBoolean() ? Math.min(toNext, maxWaitNanos) : 0;
    }

    private boolean runTasks(long startNanos) {
        int run = 0;
        while (run < settings.taskBudget() && !discarding) {
            Runnable task = mailbox.tasks.poll();
            if (task == null) {
                break;
            }
            runTask(task);
            if (++run % TASKS_PER_CLOCK_READING == 0 && clock.nanoTime() - startNanos >= settings.taskBudgetNanos()) {
                break;
            }
        }
        return run > 0;
    }

    void runTask(Runnable task) {
        tasksRun++;
        guard.run(LoopFailure.Kind.TASK, task);
    }

    private void countAndCall(SelectorKey key, int ready) throws IOException {
        callbacksCalled++;
        callbacks.onReady(key, ready);
    }

    /** Has no further task begin. Any thread. */
    void discard() {
        discarding = true;
    }

    boolean isDiscarding() {
        return discarding;
    }

    /** Counts the callbacks, timers and tasks that were run. */
    long ran() {
        return callbacksCalled + timers.timersRun() + tasksRun;
    }

    long turns() {
        return turns;
    }

    long callbacksCalled() {
        return callbacksCalled;
    }

    long tasksRun() {
        return tasksRun;
    }
}
