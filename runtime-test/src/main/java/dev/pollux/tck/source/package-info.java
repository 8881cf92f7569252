/**
 * What the tests watch, and what makes it ready: sources in pairs as descriptors and Java channels, and the interfaces by
 * which another kind of source is added.
 *
 * <p>{@link dev.pollux.tck.source.Descriptors} are the system calls that a test of descriptors needs, {@link
 * dev.pollux.tck.source.WatchedSource} is one source of any kind.
 */
@NullMarked
package dev.pollux.tck.source;

import org.jspecify.annotations.NullMarked;
