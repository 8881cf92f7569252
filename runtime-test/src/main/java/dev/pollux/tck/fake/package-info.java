/**
 * A kernel in memory, for tests of programs and backends without sockets, waiting or chance.
 *
 * <p>{@link dev.pollux.tck.fake.FakeKernel} has descriptors, pipes and sockets, and
 * {@link dev.pollux.tck.fake.FakeBackendProvider} the backends that watch them. With a
 * {@link dev.pollux.tck.fake.ManualClock} a wait takes no time: it moves the clock on. From the same seed everything
 * happens in the same order, every time:
 *
 * <pre>{@code
 * ManualClock clock = ManualClock.startingAt(0);
 * FakeKernel kernel = FakeKernel.builder().seed(42).clock(clock).singleThreaded().build();
 * EventLoop loop = EventLoop.builder()
 *         .selector(Selectors.open(kernel.provider(), clock))
 *         .clock(clock)
 *         .open();
 * }</pre>
 *
 * <p>Not here: Java channels. What is watched implements {@link dev.pollux.HasFd}.
 */
@NullMarked
package dev.pollux.tck.fake;

import org.jspecify.annotations.NullMarked;
