/**
 * Histories of calls of a {@link java.nio.channels.Selector}: an {@link dev.pollux.tck.nio.NioStep} is one call, and an {@link
 * dev.pollux.tck.nio.NioRun} makes it on channels and a selector of one provider and notes what was answered. The answers of two
 * providers are compared.
 *
 * <p>Nothing here depends on a test engine, so histories can also be replayed by hand.
 */
@NullMarked
package dev.pollux.tck.nio;

import org.jspecify.annotations.NullMarked;
