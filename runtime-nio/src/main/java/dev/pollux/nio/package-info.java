/**
 * The backend {@code nio} over {@link java.nio.channels.Selector}.
 *
 * <p>Put the jar on the class path or the module path; {@link dev.pollux.Selectors} finds it. It watches Java channels
 * and nothing else, on every system and from Java 17 on.
 */
@NullMarked
package dev.pollux.nio;

import org.jspecify.annotations.NullMarked;
