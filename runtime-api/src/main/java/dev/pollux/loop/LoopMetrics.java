package dev.pollux.loop;

import dev.pollux.SelectorMetrics;

/**
 * What a loop has counted since it was opened, and what it holds.
 *
 * @param turns turns begun
 * @param callbacks callbacks called
 * @param tasks tasks run
 * @param timers timers run, each run of a periodic one
 * @param failures callbacks, tasks, timers and hooks that threw
 * @param isolated registrations paused and periodic timers cancelled because they failed every time
 * @param pendingTasks tasks that were accepted and have not begun
 * @param pendingTimers timers that are to run
 * @param longestTimerLagNanos the most that a timer began after its deadline
 * @param slowCallbacks callbacks, tasks, timers and hooks that took {@link EventLoopBuilder#slowCallback} or longer; this
 *     and the next three are 0 unless that is set
 * @param longestCallbackNanos the longest that one of them took
 * @param busyNanos time spent outside the wait
 * @param waitingNanos time spent in the wait
 * @param stalls turns that took {@link EventLoopBuilder#stallWatchdog} or longer; 0 unless that is set
 * @param selector what its selector has counted
 */
public record LoopMetrics(
        long turns,
        long callbacks,
        long tasks,
        long timers,
        long failures,
        long isolated,
        int pendingTasks,
        int pendingTimers,
        long longestTimerLagNanos,
        long slowCallbacks,
        long longestCallbackNanos,
        long busyNanos,
        long waitingNanos,
        long stalls,
        SelectorMetrics selector) {}
