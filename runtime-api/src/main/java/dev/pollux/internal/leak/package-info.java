/** Reports what was never closed. Exported to {@code dev.pollux.ffm} only, whose files are watched by the same means. */
@NullMarked
package dev.pollux.internal.leak;

import org.jspecify.annotations.NullMarked;
