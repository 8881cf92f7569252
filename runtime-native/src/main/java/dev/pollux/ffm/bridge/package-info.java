/**
 * The bridge to {@code java.nio}: a {@link java.nio.channels.spi.SelectorProvider} whose selectors wait on a backend of Pollux, so
 * that frameworks over {@code java.nio.channels.Selector} run on each of them, unchanged.
 *
 * <p>{@link dev.pollux.ffm.bridge.PolluxSelectorProvider} is the entry. It needs the flags of
 * {@link dev.pollux.ffm native backends}, the one for Java channels included.
 */
@NullMarked
package dev.pollux.ffm.bridge;

import org.jspecify.annotations.NullMarked;
