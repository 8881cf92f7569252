/**
 * What the author of a backend implements: a {@link dev.pollux.spi.BackendProvider} for
 * {@link java.util.ServiceLoader} to find, and the {@link dev.pollux.spi.Backend} it opens.
 *
 * <p>A backend is a mechanism and nothing else. It turns (source, events, token) into kernel state, and what the kernel
 * reports into (token, ready). Validation, keys, look-up, deadlines, interrupts, stale events, one-shot, merging and
 * closing are done for it. It needs no map, no lock, no retry and no log line.
 *
 * <p><b>Threads:</b> a selector calls its backend from one thread at a time, but for
 * {@link dev.pollux.spi.Backend#wakeup}.
 */
@NullMarked
package dev.pollux.spi;

import org.jspecify.annotations.NullMarked;
