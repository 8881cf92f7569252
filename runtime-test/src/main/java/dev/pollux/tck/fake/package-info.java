/**
 * A kernel in memory, for tests of programs and backends without sockets, waiting or chance.
 *
 * <p>{@link dev.pollux.tck.fake.Simulation} is the place to begin: an event loop on such a kernel, whose time the test moves.
 * {@link dev.pollux.tck.fake.FakeSource} is what the code under test reads and writes.
 *
 * <p>Underneath, {@link dev.pollux.tck.fake.FakeKernel} has descriptors, pipes and sockets, and
 * {@link dev.pollux.tck.fake.FakeBackendProvider} the backends that watch them. With a
 * {@link dev.pollux.tck.fake.ManualClock} a wait takes no time: it moves the clock on. From the same seed everything
 * happens in the same order, every time.
 *
 * <p>Not here: Java channels. What is watched implements {@link dev.pollux.HasFd}.
 */
@NullMarked
package dev.pollux.tck.fake;

import org.jspecify.annotations.NullMarked;
