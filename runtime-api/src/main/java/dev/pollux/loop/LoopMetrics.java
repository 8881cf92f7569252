package dev.pollux.loop;

import dev.pollux.SelectorMetrics;

/**
 * What a loop has counted since it was opened.
 *
 * @param turns turns begun
 * @param callbacks callbacks called
 * @param tasks tasks run
 * @param timers timers run
 * @param failures callbacks, tasks, timers and hooks that threw
 * @param selector what its selector has counted
 */
public record LoopMetrics(
        long turns, long callbacks, long tasks, long timers, long failures, SelectorMetrics selector) {}
