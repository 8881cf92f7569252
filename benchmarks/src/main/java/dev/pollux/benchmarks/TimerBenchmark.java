package dev.pollux.benchmarks;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.TimerHandle;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
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
 * <p>Sides: {@code loop} is an {@link EventLoop} and {@code netty-loop} Netty's event loop, each stepped on this thread
 * with a clock set by hand. {@code netty-wheel} is Netty's {@link HashedWheelTimer} with its own ticks of 100 ms, which
 * runs timers late and in no order, and {@code stpe} a {@link ScheduledThreadPoolExecutor} that removes what is
 * cancelled. These two have a thread of their own and the system's clock: that thread is held until timers are due. The
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

    /** All due timers are due within this time, and long after it the wheel has no tick to wait for. */
    private static final long DUE_WITHIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long LONG_AFTER_MILLIS = 400;

    /** Schedules {@value #PENDING} timers. */
    @Benchmark
    @OperationsPerInvocation(PENDING)
    public void schedule(Empty timers) throws Exception {
        timers.side().run(timers.scheduling);
    }

    /** Cancels {@value #PENDING} timers. */
    @Benchmark
    @OperationsPerInvocation(PENDING)
    public void cancel(Pending timers) throws Exception {
        timers.side().run(timers.cancelling);
    }

    /** Runs {@value #DUE} timers that are due. */
    @Benchmark
    @OperationsPerInvocation(DUE)
    public void fire(Due timers) throws Exception {
        timers.side().fire(timers.fired);
    }

    /** What is measured. */
    interface Side extends AutoCloseable {

        /** Takes the timer {@code i}. */
        void schedule(int i);

        /** Drops the timer {@code i}. */
        boolean cancel(int i);

        /** Does {@code work} where scheduling and cancelling is cheapest: on the loop's thread, if there is one. */
        void run(Runnable work) throws IOException;

        /** Lets all timers become due, if that takes time. */
        default void await() throws InterruptedException {}

        /** Runs all timers; the last one opens {@code fired}. */
        void fire(CountDownLatch fired) throws Exception;

        @Override
        void close() throws IOException;
    }

    /** What the three states have in common. */
    @State(Scope.Thread)
    public abstract static class Fixture {

        /** Who keeps the timers. */
        @Param({"loop", "netty-loop", "netty-wheel", "stpe"})
        public String side = "";

        final Runnable scheduling = this::scheduleAll;
        final Runnable cancelling = this::cancelAll;

        private final Runnable task = this::count;
        private long[] delays = {};
        private int[] order = {};
        private int ran;
        private @Nullable Side opened;
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
            opened = switch (side) {
                case "loop" -> new Loop(delays, task);
                case "netty-loop" -> new NettyLoop(delays, task);
                case "netty-wheel" -> new NettyWheel(delays, task);
                case "stpe" -> new Pool(delays, task);
                default ->
                    throw new IllegalArgumentException(
                            "side " + side + " is none of loop, netty-loop, netty-wheel and stpe");
            };
        }

        /** Closes the timers. */
        @TearDown(Level.Invocation)
        public void close() throws IOException {
            side().close();
        }

        Side side() {
            return Objects.requireNonNull(opened);
        }

        private void count() {
            if (++ran == delays.length) {
                fired.countDown();
            }
        }

        private void scheduleAll() {
            Side timers = side();
            for (int i = 0; i < delays.length; i++) {
                timers.schedule(i);
            }
        }

        private void cancelAll() {
            Side timers = side();
            for (int i : order) {
                if (!timers.cancel(i)) {
                    throw new IllegalStateException("timer " + i + " of " + side + " is not pending any more");
                }
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
            side().run(scheduling);
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
            prepare(due, TimeUnit.MILLISECONDS.toNanos(1), DUE_WITHIN_NANOS);
        }

        /** Opens the timers, schedules all and lets them become due. */
        @Setup(Level.Invocation)
        public void open() throws Exception {
            start();
            side().run(scheduling);
            side().await();
        }
    }

    private static final class Loop implements Side {

        private long now;
        private final EventLoop loop =
                EventLoop.builder().backend("nio").clock(() -> now).open();
        private final Duration[] delays;
        private final Runnable task;
        private final TimerHandle[] handles;

        Loop(long[] delaysNanos, Runnable task) throws IOException {
            this.task = task;
            delays = new Duration[delaysNanos.length];
            for (int i = 0; i < delays.length; i++) {
                delays[i] = Duration.ofNanos(delaysNanos[i]);
            }
            handles = new TimerHandle[delays.length];
        }

        @Override
        public void schedule(int i) {
            handles[i] = loop.schedule(delays[i], task);
        }

        @Override
        public boolean cancel(int i) {
            return handles[i].cancel();
        }

        @Override
        public void run(Runnable work) throws IOException {
            loop.execute(work);
            loop.runOnce(Duration.ZERO);
        }

        @Override
        public void fire(CountDownLatch fired) throws IOException {
            now += DUE_WITHIN_NANOS;
            while (fired.getCount() > 0) {
                loop.runOnce(Duration.ZERO);
            }
        }

        @Override
        public void close() {
            loop.close();
        }
    }

    private static final class NettyLoop implements Side {

        private final MockTicker clock = Ticker.newMockTicker();
        private final ManualIoEventLoop loop =
                new ManualIoEventLoop(null, Thread.currentThread(), NioIoHandler.newFactory(), clock);
        private final long[] delays;
        private final Runnable task;
        private final Future<?>[] handles;

        NettyLoop(long[] delays, Runnable task) {
            this.delays = delays;
            this.task = task;
            handles = new Future<?>[delays.length];
        }

        @Override
        public void schedule(int i) {
            handles[i] = loop.schedule(task, delays[i], TimeUnit.NANOSECONDS);
        }

        @Override
        public boolean cancel(int i) {
            return handles[i].cancel(false);
        }

        @Override
        public void run(Runnable work) {
            work.run();
        }

        @Override
        public void fire(CountDownLatch fired) {
            clock.advance(DUE_WITHIN_NANOS, TimeUnit.NANOSECONDS);
            while (fired.getCount() > 0) {
                loop.runNow();
            }
        }

        @Override
        public void close() {
            // The loop ends only once its clock has moved on from the moment it was told to.
            NettyLoops.close(loop, () -> clock.advance(1, TimeUnit.SECONDS));
        }
    }

    private static final class NettyWheel implements Side {

        private final HashedWheelTimer wheel = new HashedWheelTimer();
        private final long[] delays;
        private final TimerTask task;
        private final Timeout[] handles;
        private final Gate gate = new Gate();

        NettyWheel(long[] delays, Runnable task) throws InterruptedException {
            this.delays = delays;
            this.task = timeout -> task.run();
            handles = new Timeout[delays.length];
            wheel.newTimeout(timeout -> gate.hold(), 0, TimeUnit.NANOSECONDS);
            gate.awaitHeld();
        }

        @Override
        public void schedule(int i) {
            handles[i] = wheel.newTimeout(task, delays[i], TimeUnit.NANOSECONDS);
        }

        @Override
        public boolean cancel(int i) {
            return handles[i].cancel();
        }

        @Override
        public void run(Runnable work) {
            work.run();
        }

        @Override
        public void await() throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(LONG_AFTER_MILLIS);
        }

        @Override
        public void fire(CountDownLatch fired) throws InterruptedException {
            gate.open();
            fired.await();
        }

        @Override
        public void close() {
            gate.open();
            wheel.stop();
        }
    }

    private static final class Pool implements Side {

        private final ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(1);
        private final long[] delays;
        private final Runnable task;
        private final Future<?>[] handles;
        private final Gate gate = new Gate();

        Pool(long[] delays, Runnable task) throws InterruptedException {
            this.delays = delays;
            this.task = task;
            handles = new Future<?>[delays.length];
            pool.setRemoveOnCancelPolicy(true);
            pool.execute(gate::hold);
            gate.awaitHeld();
        }

        @Override
        public void schedule(int i) {
            handles[i] = pool.schedule(task, delays[i], TimeUnit.NANOSECONDS);
        }

        @Override
        public boolean cancel(int i) {
            return handles[i].cancel(false);
        }

        @Override
        public void run(Runnable work) {
            work.run();
        }

        @Override
        public void await() throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(DUE_WITHIN_NANOS);
        }

        @Override
        public void fire(CountDownLatch fired) throws InterruptedException {
            gate.open();
            fired.await();
        }

        @Override
        public void close() {
            pool.shutdownNow();
            gate.open();
        }
    }

    /** Holds a timer's own thread until it is opened. */
    private static final class Gate {

        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);

        void hold() {
            held.countDown();
            try {
                opened.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void awaitHeld() throws InterruptedException {
            held.await();
        }

        void open() {
            opened.countDown();
        }
    }
}
