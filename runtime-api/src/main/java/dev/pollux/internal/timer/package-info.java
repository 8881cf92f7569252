/**
 * The timers of a loop: {@link dev.pollux.internal.timer.Timers} for the loop, {@link dev.pollux.internal.timer.TimerQueue}
 * for their order. Knows nothing of the loop but {@link dev.pollux.internal.timer.TimerHost}.
 */
@NullMarked
package dev.pollux.internal.timer;

import org.jspecify.annotations.NullMarked;
