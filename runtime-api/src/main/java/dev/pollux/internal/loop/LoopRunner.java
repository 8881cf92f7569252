package dev.pollux.internal.loop;

import dev.pollux.internal.timer.Timers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a loop: turn after turn on one thread, until a stop or the end. */
public final class LoopRunner {

    private static final Logger log = LoggerFactory.getLogger(Failures.LOGGER);

    private final LoopInfo info;
    private final SelectorClaim selector;
    private final ThreadFactory threadFactory;
    private final Mailbox mailbox;
    private final Lifecycle life;
    private final CurrentWork currentWork;
    private final Guard guard;
    private final Timers timers;
    private final LoopWork work;
    private final Turn turn;
    private final LoopEnd end;

    // Fields, because a method reference in each leave may be a new object each time.
    private final BooleanSupplier wanted = this::isWanted;
    private final BooleanSupplier unused = this::isUnused;

    private volatile boolean stopRequested;

    /** Whether turns are run until a stop. Loop thread. */
    private boolean untilStopped;

    LoopRunner(
            LoopInfo info,
            SelectorClaim selector,
            ThreadFactory threadFactory,
            Mailbox mailbox,
            CurrentWork currentWork,
            Guard guard,
            Timers timers,
            LoopWork work,
            Turn turn,
            LoopEnd end) {
        this.info = info;
        this.selector = selector;
        this.threadFactory = threadFactory;
        this.mailbox = mailbox;
        this.life = mailbox.life;
        this.currentWork = currentWork;
        this.guard = guard;
        this.timers = timers;
        this.work = work;
        this.turn = turn;
        this.end = end;
    }

    /** Runs turns until a stop or the end. */
    public void run() throws IOException {
        begin();
        runTurns(Long.MAX_VALUE, true);
    }

    /** Runs one turn. Returns whether it has run anything of the user's. */
    public boolean runOnce(long maxWaitNanos) throws IOException {
        begin();
        long before = turn.ran();
        runTurns(maxWaitNanos, false);
        return turn.ran() != before;
    }

    private void begin() {
        String obstacle = life.begin();
        if (obstacle != null) {
            throw new IllegalStateException(info.name + " " + obstacle);
        }
        selector.take();
        currentWork.resumes();
    }

    /** Runs the loop on a thread of its own. */
    public Thread start() {
        String obstacle = life.reserve();
        if (obstacle != null) {
            throw new IllegalStateException(info.name + " " + obstacle);
        }
        boolean begun = false;
        try {
            Thread thread = threadFactory.newThread(this::runStarted);
            life.reservedFor(thread);
            thread.start();
            begun = true;
            return thread;
        } finally {
            if (!begun) {
                life.reservedFor(null);
            }
        }
    }

    private void runStarted() {
        if (life.begin() != null) {
            return; // closed before the thread got here
        }
        selector.take();
        currentWork.resumes();
        try {
            runTurns(Long.MAX_VALUE, true);
        } catch (IOException e) {
            throw new UncheckedIOException(info.name + " has ended: " + e.getMessage(), e);
        }
    }

    private void runTurns(long maxWaitNanos, boolean untilStopped) throws IOException {
        this.untilStopped = untilStopped;
        @Nullable Throwable fatal = null;
        try {
            selector.attach();
            do {
                turn.run(maxWaitNanos, untilStopped);
                if (life.phase() == Lifecycle.Phase.SHUTDOWN && isDrained()) {
                    life.call(Lifecycle.Call.DRAINED);
                }
            } while (untilStopped && !stopRequested && !life.isEnding());
            if (!life.isEnding()) {
                mailbox.runCommands(); // what was asked for together with a stop
            }
        } catch (IOException | RuntimeException | Error e) {
            fatal = e;
            life.call(Lifecycle.Call.FAIL);
            log.error("{} has ended, backend={}; it takes no further work", info.name, info.backend(), e);
            throw e;
        } finally {
            if (untilStopped) {
                stopRequested = false;
            }
            currentWork.rests();
            leave(fatal, !untilStopped);
        }
    }

    /** Makes the caller the driver for one call, to be ended by {@link #leave}. Returns false if another thread drives. */
    boolean visit() {
        if (!life.visit()) {
            return false;
        }
        selector.take();
        return true;
    }

    /** Ends this thread's time as the driver, and the loop itself if that is due. */
    void leave(@Nullable Throwable fatal) {
        leave(fatal, false);
    }

    /** @param steps whether this thread is likely to drive next */
    private void leave(@Nullable Throwable fatal, boolean steps) {
        // Taken while this thread drives: the next driver has interrupts of its own.
        boolean interrupted = guard.takeInterrupt();
        @Nullable Throwable cause = fatal;
        try {
            Lifecycle.Leave next = askToLeave(steps);
            while (next == Lifecycle.Leave.WANTED) {
                selector.take();
                cause = runWanted(cause);
                next = askToLeave(steps);
            }
            if (next == Lifecycle.Leave.END) {
                selector.take();
                try {
                    end.run(cause);
                } finally {
                    interrupted |= guard.takeInterrupt();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        if (cause != null && cause != fatal) {
            throw Thrown.unchecked(cause);
        }
    }

    private Lifecycle.Leave askToLeave(boolean steps) {
        if (!steps) {
            selector.give();
        }
        return life.leave(wanted, unused);
    }

    /** Does what others wait for. Returns what the loop does not survive. */
    private @Nullable Throwable runWanted(@Nullable Throwable cause) {
        try {
            mailbox.runCommands();
            return cause;
        } catch (Throwable e) {
            life.call(Lifecycle.Call.FAIL);
            return cause == null ? e : cause;
        }
    }

    /** Returns whether another thread waits for a driver, or a shutdown for what was posted before it. */
    private boolean isWanted() {
        return mailbox.isCalled() || (life.phase() == Lifecycle.Phase.SHUTDOWN && mailbox.hasCommands());
    }

    /** Returns whether nothing is left to wait for once no thread drives the loop. Tasks are run by its end. */
    private boolean isUnused() {
        return !mailbox.hasCommands() && timers.pending() == 0 && work.offloaded() == 0;
    }

    private boolean isDrained() {
        return mailbox.tasks.isEmpty() && isUnused();
    }

    /** Returns whether there is nothing to do but to wait for sources and timers. */
    boolean mayWait() {
        return mailbox.tasks.isEmpty()
                && !mailbox.hasCommands()
                && !(untilStopped && stopRequested)
                && (life.isOpen() || !(life.isEnding() || isDrained()));
    }

    /** Has {@link #run} return after its turn. Any thread. */
    public void stop() {
        stopRequested = true;
        mailbox.wakeup();
    }
}
