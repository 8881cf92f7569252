/**
 * Programs that show Pollux at work.
 *
 * <p>{@link dev.pollux.examples.DemoTour} is the one to start: it runs an echo server on each backend in turn, checks
 * every byte that comes back, and prints a table. {@link dev.pollux.examples.EchoServer} is the one to read: a whole
 * server as callbacks on an event loop.
 *
 * <p>Nothing here is published. All of it listens on the loopback address only.
 */
@NullMarked
package dev.pollux.examples;

import org.jspecify.annotations.NullMarked;
