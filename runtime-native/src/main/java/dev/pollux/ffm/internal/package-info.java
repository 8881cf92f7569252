/**
 * The mechanism: backends over the calls in {@code dev.pollux.ffm.sys}. Not exported.
 *
 * <p>{@link dev.pollux.ffm.internal.EpollBackend}, {@link dev.pollux.ffm.internal.IoUringBackend}, {@link dev.pollux.ffm.internal.KqueueBackend},
 * {@link dev.pollux.ffm.internal.DevpollBackend}, {@link dev.pollux.ffm.internal.PollBackend} and
 * {@link dev.pollux.ffm.internal.SelectBackend} are the backends. {@link dev.pollux.ffm.internal.SelfTest}
 * tries each of them out once per JVM. {@link dev.pollux.ffm.internal.Waker} ends a wait,
 * {@link dev.pollux.ffm.internal.Syscalls} is the one place where an error number becomes an exception,
 * {@link dev.pollux.ffm.internal.ChannelFds} has the descriptors of Java channels.
 *
 * <p><b>Threads:</b> as {@link dev.pollux.spi.Backend} says.
 */
@NullMarked
package dev.pollux.ffm.internal;

import org.jspecify.annotations.NullMarked;
