/**
 * The event loop: callbacks on sources, timers and tasks, one thread.
 *
 * <p>Start at {@link dev.pollux.loop.EventLoop#open()}. The loop runs on the caller's thread with
 * {@link dev.pollux.loop.EventLoop#run}, on its own with {@link dev.pollux.loop.EventLoop#start}, or a turn at a time
 * with {@link dev.pollux.loop.EventLoop#runOnce}; its settings are those of {@link dev.pollux.loop.EventLoopBuilder}.
 * Several loops make an {@link dev.pollux.loop.EventLoopGroup}, and an {@link dev.pollux.accept.Acceptor} hands connections
 * to it. {@link dev.pollux.loop.CallbackRegistry} is the part of the loop that also works over a bare
 * {@link dev.pollux.EventSelector}.
 *
 * <p><b>Threads:</b> callbacks, timers and tasks run on the loop thread only. Registering, scheduling, executing and
 * cancelling may be done from any thread and wake a sleeping loop.
 */
@NullMarked
package dev.pollux.loop;

import org.jspecify.annotations.NullMarked;
