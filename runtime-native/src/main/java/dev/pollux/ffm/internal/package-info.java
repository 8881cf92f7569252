/**
 * The mechanism: backends over the calls in {@code dev.pollux.ffm.sys}. Not exported.
 *
 * <p>{@link dev.pollux.ffm.internal.EpollBackend} is the backend, {@link dev.pollux.ffm.internal.EpollProbe} tries it
 * out once per JVM, {@link dev.pollux.ffm.internal.Refusals} is the one place where an error number becomes an
 * exception, {@link dev.pollux.ffm.internal.ChannelFds} tells the descriptors of Java channels.
 *
 * <p><b>Threads:</b> as {@link dev.pollux.spi.Backend} says.
 */
@NullMarked
package dev.pollux.ffm.internal;

import org.jspecify.annotations.NullMarked;
