package dev.pollux.loop;

import dev.pollux.SelectorMetrics;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a loop has counted since it was opened, and what it holds: a snapshot that does not change. Later versions may
 * count more.
 */
public final class LoopMetrics {

    private final Builder counts;

    private LoopMetrics(Builder counts) {
        this.counts = counts;
    }

    /** Returns a builder in which everything is 0, for code that shows metrics and is tested without a loop. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns how many turns were begun. */
    public long turns() {
        return counts.turns;
    }

    /** Returns how many callbacks were called. */
    public long callbacks() {
        return counts.callbacks;
    }

    /** Returns how many tasks were run. */
    public long tasks() {
        return counts.tasks;
    }

    /** Returns how many timers were run, each run of a periodic one. */
    public long timers() {
        return counts.timers;
    }

    /** Returns how many callbacks, tasks, timers and hooks threw. */
    public long failures() {
        return counts.failures;
    }

    /**
     * Returns how many registrations were paused and periodic timers cancelled because they failed every time.
     */
    public long isolated() {
        return counts.isolated;
    }

    /** Returns how many tasks were accepted and have not begun. */
    public int pendingTasks() {
        return counts.pendingTasks;
    }

    /** Returns how many timers are to run; what another thread schedules or cancels counts from the next turn on. */
    public int pendingTimers() {
        return counts.pendingTimers;
    }

    /**
     * Returns the most that a timer began after its deadline, in nanoseconds, since the loop was opened or {@link
     * EventLoop#metricsAndResetLongest} was called.
     */
    public long longestTimerLagNanos() {
        return counts.longestTimerLagNanos;
    }

    /**
     * Returns how many callbacks, tasks, timers and hooks took {@link EventLoopBuilder#slowCallback} or longer; 0
     * unless that is set.
     */
    public long slowCallbacks() {
        return counts.slowCallbacks;
    }

    /**
     * Returns the longest that a callback, task, timer or hook took, in nanoseconds, since the loop was opened or
     * {@link EventLoop#metricsAndResetLongest} was called; 0 unless {@link EventLoopBuilder#slowCallback} is set.
     */
    public long longestCallbackNanos() {
        return counts.longestCallbackNanos;
    }

    /**
     * Returns the nanoseconds spent outside the wait; 0 unless {@link EventLoopBuilder#slowCallback} is set.
     */
    public long busyNanos() {
        return counts.busyNanos;
    }

    /** Returns the nanoseconds spent in the wait; 0 unless {@link EventLoopBuilder#slowCallback} is set. */
    public long waitingNanos() {
        return counts.waitingNanos;
    }

    /** Returns how many turns took {@link EventLoopBuilder#stallWatchdog} or longer; 0 unless that is set. */
    public long stalls() {
        return counts.stalls;
    }

    /** Returns what its selector has counted. */
    public SelectorMetrics selector() {
        return counts.selector;
    }

    /**
     * Returns what was counted between {@code earlier} and this: counts and times are differences; what is pending,
     * registered, and the longest of anything are as they are here. The longest are those of the same interval if each
     * snapshot comes from {@link EventLoop#metricsAndResetLongest}.
     *
     * @param earlier a snapshot of the same loop
     */
    public LoopMetrics since(LoopMetrics earlier) {
        Builder before = earlier.counts;
        return builder()
                .turns(counts.turns - before.turns)
                .callbacks(counts.callbacks - before.callbacks)
                .tasks(counts.tasks - before.tasks)
                .timers(counts.timers - before.timers)
                .failures(counts.failures - before.failures)
                .isolated(counts.isolated - before.isolated)
                .pendingTasks(counts.pendingTasks)
                .pendingTimers(counts.pendingTimers)
                .longestTimerLagNanos(counts.longestTimerLagNanos)
                .slowCallbacks(counts.slowCallbacks - before.slowCallbacks)
                .longestCallbackNanos(counts.longestCallbackNanos)
                .busyNanos(counts.busyNanos - before.busyNanos)
                .waitingNanos(counts.waitingNanos - before.waitingNanos)
                .stalls(counts.stalls - before.stalls)
                .selector(counts.selector.since(before.selector))
                .build();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LoopMetrics that && toString().equals(that.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** Returns all counts by name. */
    @Override
    public String toString() {
        return "LoopMetrics[turns=" + counts.turns + ", callbacks=" + counts.callbacks + ", tasks=" + counts.tasks
                + ", "
                + "timers=" + counts.timers + ", failures=" + counts.failures + ", isolated=" + counts.isolated + ", "
                + "pendingTasks=" + counts.pendingTasks + ", pendingTimers=" + counts.pendingTimers
                + ", longestTimerLagNanos=" + counts.longestTimerLagNanos + ", "
                + "slowCallbacks=" + counts.slowCallbacks + ", longestCallbackNanos=" + counts.longestCallbackNanos
                + ", busyNanos=" + counts.busyNanos + ", "
                + "waitingNanos=" + counts.waitingNanos + ", stalls=" + counts.stalls + ", selector=" + counts.selector
                + "]";
    }

    /**
     * Sets what a {@link LoopMetrics} says.
     *
     * <p><b>Thread:</b> one at a time. To be used once.
     */
    public static final class Builder {

        private long turns;
        private long callbacks;
        private long tasks;
        private long timers;
        private long failures;
        private long isolated;
        private int pendingTasks;
        private int pendingTimers;
        private long longestTimerLagNanos;
        private long slowCallbacks;
        private long longestCallbackNanos;
        private long busyNanos;
        private long waitingNanos;
        private long stalls;
        private SelectorMetrics selector = SelectorMetrics.none();

        private Builder() {}

        /** Sets {@link LoopMetrics#turns}. */
        public Builder turns(long count) {
            this.turns = count;
            return this;
        }

        /** Sets {@link LoopMetrics#callbacks}. */
        public Builder callbacks(long count) {
            this.callbacks = count;
            return this;
        }

        /** Sets {@link LoopMetrics#tasks}. */
        public Builder tasks(long count) {
            this.tasks = count;
            return this;
        }

        /** Sets {@link LoopMetrics#timers}. */
        public Builder timers(long count) {
            this.timers = count;
            return this;
        }

        /** Sets {@link LoopMetrics#failures}. */
        public Builder failures(long count) {
            this.failures = count;
            return this;
        }

        /** Sets {@link LoopMetrics#isolated}. */
        public Builder isolated(long count) {
            this.isolated = count;
            return this;
        }

        /** Sets {@link LoopMetrics#pendingTasks}. */
        public Builder pendingTasks(int count) {
            this.pendingTasks = count;
            return this;
        }

        /** Sets {@link LoopMetrics#pendingTimers}. */
        public Builder pendingTimers(int count) {
            this.pendingTimers = count;
            return this;
        }

        /** Sets {@link LoopMetrics#longestTimerLagNanos}. */
        public Builder longestTimerLagNanos(long count) {
            this.longestTimerLagNanos = count;
            return this;
        }

        /** Sets {@link LoopMetrics#slowCallbacks}. */
        public Builder slowCallbacks(long count) {
            this.slowCallbacks = count;
            return this;
        }

        /** Sets {@link LoopMetrics#longestCallbackNanos}. */
        public Builder longestCallbackNanos(long count) {
            this.longestCallbackNanos = count;
            return this;
        }

        /** Sets {@link LoopMetrics#busyNanos}. */
        public Builder busyNanos(long count) {
            this.busyNanos = count;
            return this;
        }

        /** Sets {@link LoopMetrics#waitingNanos}. */
        public Builder waitingNanos(long count) {
            this.waitingNanos = count;
            return this;
        }

        /** Sets {@link LoopMetrics#stalls}. */
        public Builder stalls(long count) {
            this.stalls = count;
            return this;
        }

        /** Sets {@link LoopMetrics#selector}. */
        public Builder selector(SelectorMetrics metrics) {
            this.selector = Objects.requireNonNull(metrics, "metrics");
            return this;
        }

        /** Returns the metrics. */
        public LoopMetrics build() {
            return new LoopMetrics(this);
        }
    }
}
