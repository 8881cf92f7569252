package dev.pollux.loop;

import dev.pollux.EventSelector;
import dev.pollux.NanoClock;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The turns of a loop: what is done in which order, how long for, and how long it may sleep.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class Turns {

    /** How often a task budget of time is looked at: reading the clock costs as much as a short task. */
    private static final int TASKS_PER_CLOCK_READING = 16;

    private final LoopCore loop;
    private final LoopSettings settings;
    private final EventSelector selector;
    private final NanoClock clock;
    private final Failures failures;
    private final Activity activity;

    // A field, because a method reference in the turn would be a new object each time.
    private final ReadyHandler dispatcher = this::dispatch;

    private long turns;
    private long callbacks;
    private long tasksRun;
    private boolean interrupted;

    Turns(LoopCore loop, LoopSettings settings, EventSelector selector, Failures failures, Activity activity) {
        this.loop = loop;
        this.settings = settings;
        this.selector = selector;
        this.clock = settings.clock();
        this.failures = failures;
        this.activity = activity;
    }

    /** Does one turn, which waits for at most {@code maxWaitNanos}. */
    void turn(long maxWaitNanos) throws IOException {
        turns++;
        loop.runCommands();
        long now = clock.nanoTime();
        boolean timersRan = loop.timers.runDue(now);
        boolean tasksRan = runTasks(now);
        runHook(settings.beforeWait());
        absorbInterrupt();
        // Reading the clock is felt at one event per turn: once is enough if nothing has run since.
        boolean isNow = !timersRan && !tasksRan && settings.beforeWait() == null;
        long waitNanos = waitNanos(isNow ? now : clock.nanoTime(), maxWaitNanos);
        if (waitNanos > 0 && settings.whenIdle() != null) {
            runHook(settings.whenIdle());
            waitNanos = waitNanos(clock.nanoTime(), maxWaitNanos);
        }
        activity.waits();
        selector.selectNanos(waitNanos, dispatcher);
        activity.returned();
        runHook(settings.afterWait());
        absorbInterrupt();
    }

    private long waitNanos(long nowNanos, long maxWaitNanos) {
        // First the alarm, then the look for commands: whoever adds one asks in reverse order.
        long toNext = loop.timers.nanosToNext(nowNanos);
        return loop.mayWait() ? Math.min(toNext, maxWaitNanos) : 0;
    }

    /** An interrupt is kept for whoever runs the loop; the next callback's channel must not be closed by it. */
    void absorbInterrupt() {
        interrupted |= Thread.interrupted();
    }

    /** Returns and forgets whether there was an interrupt. */
    boolean takeInterrupt() {
        boolean taken = interrupted;
        interrupted = false;
        return taken;
    }

    private boolean runTasks(long startNanos) {
        int run = 0;
        while (run < settings.taskBudget() && !loop.isDiscarding()) {
            Runnable task = loop.tasks.poll();
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
        runGuarded(LoopFailure.Kind.TASK, task);
    }

    private void runHook(@Nullable Runnable hook) {
        if (hook != null) {
            runGuarded(LoopFailure.Kind.HOOK, hook);
        }
    }

    /** Runs something of the user's. Returns whether it threw nothing. */
    boolean runGuarded(LoopFailure.Kind kind, Runnable work) {
        absorbInterrupt();
        long begun = activity.begin(work);
        try {
            work.run();
            return true;
        } catch (Throwable e) {
            failures.handle(kind, null, e);
            return false;
        } finally {
            activity.end(kind, work, begun);
        }
    }

    private void dispatch(SelectorKey key, int ready) {
        callbacks++;
        Registration registration = Registration.of(key);
        absorbInterrupt();
        long begun = activity.begin(registration);
        try {
            registration.fire(ready);
            registration.succeeded();
        } catch (Throwable e) {
            failures.handle(LoopFailure.Kind.CALLBACK, key, e);
            if (registration.failed() >= settings.failureLimit()) {
                failures.isolate(registration);
            }
        } finally {
            activity.end(LoopFailure.Kind.CALLBACK, registration, begun);
        }
    }

    /** Counts the callbacks, timers and tasks that were run. */
    long run() {
        return callbacks + loop.timers.timersRun() + tasksRun;
    }

    long turns() {
        return turns;
    }

    long callbacks() {
        return callbacks;
    }

    long tasksRun() {
        return tasksRun;
    }
}
