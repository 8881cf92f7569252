package dev.pollux.benchmarks;

import dev.pollux.loop.EventLoop;
import io.netty.util.HashedWheelTimer;
import java.io.IOException;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Timers by the million: scheduling them 1 to 60 s ahead, cancelling them in random order, and running those that are
 * due. A score is the time per timer.
 *
 * <p>Sides: {@code wheel} is a {@link BareWheel}, the least that timers can cost; {@code wheel-exchange} is one that takes
 * tasks by an atomic exchange, the least that timers can cost which any thread may cancel. {@code loop} is an {@link EventLoop} and {@code netty-loop} Netty's event loop, each stepped on this thread
 * with a clock set by hand. {@code netty-wheel} is Netty's {@link HashedWheelTimer} with its own ticks of 100 ms, which
 * runs timers late and in no order, and {@code stpe} a {@link ScheduledThreadPoolExecutor} that removes what is
 * cancelled. These two have a thread of their own and the system's clock: that thread is held until timers are due. Netty's
 * wheel leaves part of the work of scheduling and cancelling to its thread, which the score does not contain.
 *
 * <p>Run with {@code java -jar benchmarks/target/benchmarks.jar TimerBenchmark.schedule -prof gc}: {@code
 * gc.alloc.rate.norm} is bytes per timer there; for the other methods it contains the set-up. With other counts, {@code
 * -p pending=N} or {@code -p due=N}, give {@code -opi N} too.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g", JvmFlags.NATIVE_ACCESS, JvmFlags.CHANNEL_DESCRIPTORS})
public class TimerBenchmark {

    private static final int PENDING = 1_000_000;
    private static final int DUE = 200_000;

    /** Schedules {@value #PENDING} timers. */
    @Benchmark
    @OperationsPerInvocation(PENDING)
    public void schedule(Empty timers) throws Exception {
        timers.side().schedule();
    }

    /** Cancels {@value #PENDING} timers. */
    @Benchmark
    @OperationsPerInvocation(PENDING)
    public void cancel(Pending timers) throws Exception {
        timers.side().cancel(timers.order);
    }

    /** Runs {@value #DUE} timers that are due. */
    @Benchmark
    @OperationsPerInvocation(DUE)
    public void fire(Due timers) throws Exception {
        timers.side().fire(timers.fired);
    }

    /** What the three states have in common. */
    @State(Scope.Thread)
    public abstract static class Fixture {

        /** Who keeps the timers. */
        @Param({"wheel", "wheel-exchange", "loop", "netty-loop", "netty-wheel", "stpe"})
        public String side = "";

        private final Runnable task = this::count;
        private long[] delays = {};
        int[] order = {};
        private int ran;
        private @Nullable TimerSide opened;
        CountDownLatch fired = new CountDownLatch(1);

        /** Makes {@code count} delays and an order to cancel them in, the same in each run. */
        void prepare(int count, long minNanos, long maxNanos) {
            Random random = new Random(count);
            delays = random.longs(count, minNanos, maxNanos).toArray();
            order = new int[count];
            for (int i = 0; i < count; i++) {
                int other = random.nextInt(i + 1);
                order[i] = order[other];
                order[other] = i;
            }
        }

        void start() throws Exception {
            ran = 0;
            fired = new CountDownLatch(1);
            opened = TimerSides.open(side, delays, task);
        }

        /** Closes the timers. */
        @TearDown(Level.Invocation)
        public void close() throws IOException {
            side().close();
        }

        TimerSide side() {
            return Objects.requireNonNull(opened);
        }

        private void count() {
            if (++ran == delays.length) {
                fired.countDown();
            }
        }
    }

    /** No timer yet. */
    public static class Empty extends Fixture {

        /** Timers to schedule. */
        @Param("" + PENDING)
        public int pending;

        /** Makes the delays. */
        @Setup(Level.Trial)
        public void prepare() {
            prepare(pending, TimeUnit.SECONDS.toNanos(1), TimeUnit.SECONDS.toNanos(60));
        }

        /** Opens the timers. */
        @Setup(Level.Invocation)
        public void open() throws Exception {
            start();
        }
    }

    /** All timers are pending. */
    public static class Pending extends Fixture {

        /** Timers that are pending. */
        @Param("" + PENDING)
        public int pending;

        /** Makes the delays. */
        @Setup(Level.Trial)
        public void prepare() {
            prepare(pending, TimeUnit.SECONDS.toNanos(1), TimeUnit.SECONDS.toNanos(60));
        }

        /** Opens the timers and schedules all. */
        @Setup(Level.Invocation)
        public void open() throws Exception {
            start();
            side().schedule();
        }
    }

    /** All timers are due. */
    public static class Due extends Fixture {

        /** Timers that are due. */
        @Param("" + DUE)
        public int due;

        /** Makes the delays. */
        @Setup(Level.Trial)
        public void prepare() {
            prepare(due, TimeUnit.MILLISECONDS.toNanos(1), TimerSides.DUE_WITHIN_NANOS);
        }

        /** Opens the timers, schedules all and lets them become due. */
        @Setup(Level.Invocation)
        public void open() throws Exception {
            start();
            side().schedule();
            side().await();
        }
    }
}
