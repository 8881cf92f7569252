package dev.pollux.internal.loop;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.SelectorMetrics;
import dev.pollux.internal.timer.Longest;
import dev.pollux.internal.timer.Timers;
import dev.pollux.loop.LoopFailure;
import dev.pollux.loop.LoopMetrics;
import dev.pollux.spi.Timeouts;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.time.Duration;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a loop has counted, and what it is doing.
 *
 * <p><b>Thread:</b> any. Never waits for the loop, so that a loop that hangs can be asked.
 */
public final class LoopReport {

    private static final Logger log = LoggerFactory.getLogger(Failures.LOGGER);

    private final LoopInfo info;
    private final EventSelector selector;
    private final Lifecycle life;
    private final CurrentWork work;
    private final Failures failures;
    private final Guard guard;
    private final Mailbox mailbox;
    private final Timers timers;
    private final Turn turn;
    private final LoopEnd end;
    private final LoopRunner runner;
    private final @Nullable Watchdog watchdog;

    LoopReport(
            LoopSettings settings,
            LoopInfo info,
            EventSelector selector,
            CurrentWork work,
            Failures failures,
            Guard guard,
            Mailbox mailbox,
            Timers timers,
            Turn turn,
            LoopEnd end,
            LoopRunner runner) {
        this.info = info;
        this.selector = selector;
        this.life = mailbox.life;
        this.work = work;
        this.failures = failures;
        this.guard = guard;
        this.mailbox = mailbox;
        this.timers = timers;
        this.turn = turn;
        this.end = end;
        this.runner = runner;
        this.watchdog = settings.stallNanos() == LoopSettings.OFF
                ? null
                : new Watchdog(info, life, work, turn::turns, end.latch(), settings.stallNanos());
    }

    /** When descriptors have run out, no class file can be opened any more, and that is when these are first used. */
    void load() {
        log.trace(
                "{} {} {} {} {}",
                metrics(),
                new LoopFailure(LoopFailure.Kind.TASK, null, new IOException()),
                Lifecycle.Phase.OPEN,
                Events.toString(Events.NONE),
                Timeouts.nanos(Duration.ZERO));
    }

    /** Starts the watchdog, if there is to be one. */
    void watch() {
        if (watchdog != null) {
            watchdog.start();
        }
    }

    /** Counts the registrations; 0 once the loop is about to end. */
    public int registered() {
        return life.isEnding() ? 0 : selectorMetrics().registered();
    }

    /** Returns what has been counted. */
    public LoopMetrics metrics() {
        return metrics(Longest::nanos);
    }

    /** As {@link #metrics}; what was longest begins anew. */
    public LoopMetrics metricsAndResetLongest() {
        return metrics(Longest::reset);
    }

    private LoopMetrics metrics(ToLongFunction<Longest> longest) {
        SelectorMetrics last = end.lastMetrics();
        return LoopMetrics.builder()
                .turns(turn.turns())
                .callbacks(guard.callbacks())
                .tasks(turn.tasksRun())
                .timers(timers.timersRun())
                .failures(failures.count())
                .isolated(failures.isolated())
                .pendingTasks(mailbox.tasks.size())
                .pendingTimers(timers.pending())
                .longestTimerLagNanos(longest.applyAsLong(timers.longestLag()))
                .slowCallbacks(work.slow())
                .longestCallbackNanos(longest.applyAsLong(work.longest()))
                .busyNanos(work.busyNanos())
                .waitingNanos(work.waitingNanos())
                .stalls(watchdog == null ? 0 : watchdog.stalls())
                .selector(last == null ? selectorMetrics() : last)
                .build();
    }

    private SelectorMetrics selectorMetrics() {
        try {
            return selector.metrics();
        } catch (ClosedSelectorException closed) {
            SelectorMetrics last = end.lastMetrics();
            return last == null ? SelectorMetrics.none() : last;
        }
    }

    /** Returns a page to read. */
    public String dump() {
        Thread running = life.driver();
        StringBuilder page = new StringBuilder();
        page.append(info.name).append(", backend=").append(info.backend()).append(", ");
        page.append(life.phase());
        page.append(running == null ? ", not running" : ", on thread " + running.getName());
        page.append("\nnow: ").append(work.describe());
        page.append("\n").append(metrics()).append("\n");
        if (life.isDriver()) {
            appendRegistrations(page);
        } else if (runner.visit()) {
            try {
                appendRegistrations(page);
            } finally {
                runner.leave(null);
            }
        } else if (running != null) {
            LoopDump.appendStack(page, running);
        }
        return page.toString();
    }

    private void appendRegistrations(StringBuilder page) {
        if (selector.isOpen()) {
            LoopDump.appendRegistrations(page, selector);
        }
    }
}
