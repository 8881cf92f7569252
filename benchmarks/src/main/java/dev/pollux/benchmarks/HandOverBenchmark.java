package dev.pollux.benchmarks;

import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
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
 * Tasks from this thread to a loop on another, one way: the time from the first one given to the last one run, per task.
 *
 * <p>Sides: {@code loop-} and a backend is an {@link EventLoop}, {@code netty-nio} and {@code netty-epoll} are Netty's
 * event loops, {@code stpe} is {@link java.util.concurrent.ScheduledThreadPoolExecutor}.
 *
 * <p>Run with {@code java -jar benchmarks/target/benchmarks.jar HandOverBenchmark -prof gc}; {@code gc.alloc.rate.norm}
 * is bytes per task. It needs two processors that have nothing else to do.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.CHANNEL_DESCRIPTORS})
public class HandOverBenchmark {

    /** How many are given at a time. */
    public static final int TASKS = 100_000;

    /** Who takes the tasks. */
    @Param({"loop-nio", "loop-epoll", "netty-nio", "netty-epoll", "stpe"})
    public String side = "";

    private AutoCloseable opened = () -> {};
    private Executor loop = Runnable::run;
    private final Runnable task = this::count;
    private int ran;
    private volatile long finished;

    /** Starts the loop. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        RunningLoop started = RunningLoop.start(side);
        opened = started;
        loop = started.executor();
    }

    /** Counts on the loop's thread; only every last task of a round is reported to the other thread. */
    private void count() {
        if (++ran == TASKS) {
            ran = 0;
            long rounds = finished + 1;
            finished = rounds;
        }
    }

    /** Ends the loop. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        opened.close();
    }

    /** Hands over {@value #TASKS} tasks and waits for the last. */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public long oneWay() {
        long goal = finished + 1;
        for (int i = 0; i < TASKS; i++) {
            loop.execute(task);
        }
        while (finished < goal) {
            Thread.onSpinWait();
        }
        return goal;
    }
}
