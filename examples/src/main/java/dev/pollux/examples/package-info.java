/**
 * Programs that show Pollux at work.
 *
 * <p>{@link dev.pollux.examples.DemoTour} is the one to start: it runs an echo server on each backend in turn, and one that
 * is swapped from backend to backend while it serves, checks every byte that comes back, and prints a table.
 * {@link dev.pollux.examples.QuickEcho} is the one to copy, {@link dev.pollux.examples.EchoServer} the one to read: a whole
 * server as callbacks on an event loop.
 *
 * <p>The tutorial servers each show one way to build one: {@link dev.pollux.examples.CallbackEcho} over a
 * bare selector, {@link dev.pollux.examples.UpperCaseServer}, {@link dev.pollux.examples.QueuedEcho},
 * {@link dev.pollux.examples.EventQueueServer} and {@link dev.pollux.examples.ChatServer} on an event loop,
 * {@link dev.pollux.examples.WorkerGroupEcho} on several, {@link dev.pollux.examples.CoroutineEcho} on virtual threads
 * that wait on one, {@link dev.pollux.examples.SelectStyleEcho} with the call that keeps nothing between two waits, and, to compare
 * them with, {@link dev.pollux.examples.ThreadPerConnectionEcho} and {@link dev.pollux.examples.BusyPollEcho} with
 * neither. {@code mvn -q -B compile exec:exec -pl examples -am -Dexample=ChatServer} runs one; its arguments go into
 * {@code -Dexec.args="--port 8088 --backend nio"}.
 *
 * <p>{@link dev.pollux.examples.OperationsEcho}, {@link dev.pollux.examples.ChatServer} and
 * {@link dev.pollux.examples.FileServer} are on streams and operations, which do what the others do by hand.
 *
 * <p>{@link dev.pollux.examples.IoModels} measures each way to serve many connections, with Pollux and without it.
 * {@link dev.pollux.examples.LivePage} shows in a browser what loops do, and swaps their backends.
 *
 * <p>Nothing here is published. All of it listens on the loopback address only.
 */
@NullMarked
package dev.pollux.examples;

import org.jspecify.annotations.NullMarked;
