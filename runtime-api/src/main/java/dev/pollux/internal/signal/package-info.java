/**
 * Signals of the process: {@link dev.pollux.internal.signal.Signals} takes them for event loops and for native signal
 * sources alike, because the JVM has one handler per signal. Exported to {@code dev.pollux.ffm} only.
 */
@NullMarked
package dev.pollux.internal.signal;

import org.jspecify.annotations.NullMarked;
