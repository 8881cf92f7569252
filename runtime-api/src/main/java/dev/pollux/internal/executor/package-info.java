/**
 * The {@link java.util.concurrent.ScheduledExecutorService} of an event loop. Not exported.
 *
 * <p>{@link dev.pollux.internal.executor.LoopExecutors} makes the executors of one loop and ends them with it. A
 * {@link dev.pollux.internal.executor.LoopExecutor} keeps the contract of {@code java.util.concurrent}; its queue is a
 * {@link dev.pollux.internal.executor.Backlog}. What all of them need of the loop is a
 * {@link dev.pollux.internal.executor.Host}.
 */
@NullMarked
package dev.pollux.internal.executor;

import org.jspecify.annotations.NullMarked;
