/**
 * The selectors API: {@code register(fileobj, events, data)} over whatever the kernel offers.
 *
 * <p>Start at {@link dev.pollux.Selectors#open()}, which picks the best backend that is available, and work with the
 * {@link dev.pollux.EventSelector} it returns. {@link dev.pollux.Selectors#explain()} says why a backend was chosen
 * and why the others were not.
 *
 * <p><b>Threads:</b> one thread at a time uses a selector; {@link dev.pollux.EventSelector#wakeup} and
 * {@link dev.pollux.EventSelector#close} may be called from any thread.
 *
 * <p>Callbacks, timers and tasks are in {@link dev.pollux.loop}; what a backend author implements is in
 * {@link dev.pollux.spi}.
 */
@NullMarked
package dev.pollux;

import org.jspecify.annotations.NullMarked;
