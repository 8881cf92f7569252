package dev.pollux.internal.loop;

import dev.pollux.NanoClock;
import dev.pollux.ReadyHandler;
import dev.pollux.internal.timer.Timers;
import dev.pollux.loop.LoopFailure;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One turn of a loop after the other: what is done in which order, how long for, and how long it may sleep.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class Turn {

    /** How often a task budget of time is looked at: reading the clock costs as much as a short task. */
    private static final int TASKS_PER_CLOCK_READING = 16;

    /** A look that finds nothing costs a system call, so a loop that sleeps most of the time seldom looks. */
    private static final int SLEEPS_TO_A_LOOK = 64;

    /** How often a loop that spins looks for tasks before it looks at the sources, which is a system call. */
    private static final int SPINS_PER_LOOK = 32;

    private final LoopSettings settings;
    private final SelectorClaim selector;
    private final NanoClock clock;
    private final Mailbox mailbox;
    private final Timers timers;
    private final Guard guard;
    private final CurrentWork work;
    private final ReadyHandler callbacks;
    private final BooleanSupplier mayWait;

    private @Nullable LateWork late;

    /** Set once tasks that have not begun are not to be run any more. */
    private volatile boolean discarding;

    /** Whether the last look found something. */
    private boolean busy;

    /** How many sleeps from here on one begins with a look, in case that sources are ready all the time by then. */
    private int sleepsToALook = SLEEPS_TO_A_LOOK;

    private long turns;
    private long tasksRun;

    /**
     * Makes the turns of a loop.
     *
     * @param callbacks calls the callback of a ready key
     * @param mayWait whether there is nothing to do but to wait for sources and timers
     */
    Turn(
            LoopSettings settings,
            SelectorClaim selector,
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
     * @param waitAnyway whether the turn also waits after it has run a timer, a task or a completion
     */
    void run(long maxWaitNanos, boolean waitAnyway) throws IOException {
        turns++;
        long callbacksBefore = guard.callbacks();
        mailbox.runCommands();
        long tasksBefore = tasksRun;
        boolean ran = runTimersAndTasks();
        runLateWork();
        ran |= guard.callbacks() != callbacksBefore;
        guard.runHook(settings.beforeWait());
        guard.absorbInterrupt();
        work.waits();
        boolean waits = (waitAnyway || !ran) && !hasLateWork();
        await(tasksRun != tasksBefore, waits ? maxWaitNanos : 0);
        work.returned();
        runLateWork();
        guard.runHook(settings.afterWait());
        guard.absorbInterrupt();
    }

    private void runLateWork() {
        LateWork left = late;
        if (left != null && left.isPending()) {
            left.run();
        }
    }

    /** Does {@code work} too, before and after each wait. */
    void also(LateWork work) {
        late = work;
    }

    /** Ends what else was done, before the selector is closed. */
    void end() {
        LateWork left = late;
        if (left != null) {
            left.ending();
        }
    }

    /** Returns whether something is left to be done before a wait. */
    boolean hasLateWork() {
        LateWork left = late;
        return left != null && left.isPending();
    }

    /** Reads the clock only for those who need it: that is noticeable at one event per turn. */
    private boolean runTimersAndTasks() {
        boolean timed = !timers.isEmpty();
        long now = timed ? clock.nanoTime() : 0;
        boolean ran = timed && timers.runDue(now);
        Runnable task = discarding ? null : mailbox.tasks.poll();
        if (task == null) {
            return ran;
        }
        runTasks(task, timed ? now : clock.nanoTime());
        return true;
    }

    private void runTasks(Runnable first, long startNanos) {
        @Nullable Runnable task = first;
        int run = 0;
        while (task != null) {
            runTask(task);
            if (++run == settings.taskBudget()
                    || discarding
                    || (run % TASKS_PER_CLOCK_READING == 0
                            && clock.nanoTime() - startNanos >= settings.taskBudgetNanos())) {
                return;
            }
            task = mailbox.tasks.poll();
        }
    }

    /**
     * Waits, but first looks, without announcing a sleep and being woken from it, if that is likely to find something:
     * after tasks, because more may come soon, and while sources are ready all the time. Not after timers: what an idle
     * program does each second shall not cost it a look more.
     */
    private void await(boolean hasRunTasks, long limitNanos) throws IOException {
        if (limitNanos <= 0 || !mayWait.getAsBoolean()) {
            look();
            return;
        }
        boolean looks = hasRunTasks || busy || --sleepsToALook < 0;
        if (looks && look()) {
            return;
        }
        if (settings.spinNanos() > 0 && spin(limitNanos)) {
            return;
        }
        Runnable whenIdle = settings.whenIdle();
        if (whenIdle != null) {
            guard.runHook(whenIdle);
            work.waits();
        }
        if (hasLateWork()) {
            look();
            return;
        }
        sleep(limitNanos, looks);
    }

    /** Returns whether that found something ready, or an interrupt, which ends the wait that was to follow. */
    private boolean look() throws IOException {
        sleepsToALook = SLEEPS_TO_A_LOOK;
        busy = selector.selectNow(callbacks) > 0;
        return busy || guard.absorbInterrupt();
    }

    /** Looks for some time instead of a sleep. Returns whether the turn is over. */
    private boolean spin(long limitNanos) throws IOException {
        // By the real time, which passes while this computes.
        long start = System.nanoTime();
        long spinNanos = Math.min(settings.spinNanos(), limitNanos);
        if (!timers.isEmpty()) {
            spinNanos = Math.min(spinNanos, timers.nanosToNext(clock.nanoTime()));
        }
        do {
            for (int i = 0; i < SPINS_PER_LOOK; i++) {
                if (!mayWait.getAsBoolean()) {
                    return true;
                }
                Thread.onSpinWait();
            }
            if (look()) {
                return true;
            }
        } while (System.nanoTime() - start < spinNanos);
        return false;
    }

    /** @param looked whether the turn has looked at the sources, which each turn does */
    private void sleep(long limitNanos, boolean looked) throws IOException {
        mailbox.fallsAsleep();
        try {
            boolean timed = limitNanos != Long.MAX_VALUE || !timers.isEmpty();
            long now = timed ? clock.nanoTime() : 0;
            // First the deadline, then the look for work: a thread that adds some asks in reverse order.
            long toNext = timers.nanosToNext(now);
            if (mayWait.getAsBoolean()) {
                selector.select(now, Math.min(toNext, limitNanos), callbacks);
            } else if (!looked) {
                look();
            }
        } finally {
            mailbox.isAwake();
        }
    }

    void runTask(Runnable task) {
        tasksRun++;
        guard.run(LoopFailure.Kind.TASK, task);
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
        return guard.callbacks() + timers.timersRun() + tasksRun;
    }

    long turns() {
        return turns;
    }

    long tasksRun() {
        return tasksRun;
    }
}
