package dev.pollux.benchmarks;

import dev.pollux.EventSelector;
import java.nio.channels.Selector;
import java.util.Objects;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * Changes of interest in one source beside others that are registered and idle.
 *
 * <p>Sides: {@code jdk} is {@link Selector} by hand; {@code nio}, {@code epoll} and {@code poll} are an
 * {@link EventSelector}; {@code netty-epoll} is Netty's epoll transport by hand. Netty registers without an interest and
 * sets it by a second call, so that its cycle is as many kernel calls as that of the others.
 *
 * <p>Run with {@code java -jar benchmarks/target/benchmarks.jar ChurnBenchmark -p idle=100}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.CHANNEL_DESCRIPTORS})
public class ChurnBenchmark {

    private static final int TOGGLES = 16;

    /** Who watches. */
    @Param({"jdk", "nio", "epoll", "poll", "netty-epoll"})
    public String side = "";

    /** Sources registered that stay idle. */
    @Param({"10", "1000"})
    public int idle;

    private @Nullable Sources sources;
    private @Nullable ChurnSide watcher;

    /** Opens the sources and has the idle ones watched. */
    @Setup(Level.Trial)
    public void open(Blackhole blackhole) throws Exception {
        Sources opened = Sources.open(idle + 1);
        sources = opened;
        ChurnSide opening = ChurnSides.open(side, opened.channel(0), blackhole::consume);
        watcher = opening;
        for (int i = 1; i < opened.count(); i++) {
            opening.watch(opened.channel(i));
        }
    }

    /** Closes everything. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        watcher().close();
        Objects.requireNonNull(sources).close();
    }

    private ChurnSide watcher() {
        return Objects.requireNonNull(watcher);
    }

    /** Register, modify and unregister, then one select. */
    @Benchmark
    public int cycle() throws Exception {
        ChurnSide calls = watcher();
        calls.register();
        calls.watchWriting();
        calls.unregister();
        return calls.selectNow();
    }

    /** Register, modify and unregister, with a select after each; the second one finds the source writable. */
    @Benchmark
    public int cycleOfSelects() throws Exception {
        ChurnSide calls = watcher();
        calls.register();
        int ready = calls.selectNow();
        calls.watchWriting();
        ready += calls.selectNow();
        calls.unregister();
        return ready + calls.selectNow();
    }

    /** From reading to writing, or back; every {@value #TOGGLES} of them one select. */
    @Benchmark
    @OperationsPerInvocation(TOGGLES)
    public int toggle(Toggled toggled) throws Exception {
        ChurnSide calls = toggled.calls();
        for (int i = 0; i < TOGGLES; i += 2) {
            calls.watchWriting();
            calls.watchReading();
        }
        return calls.selectNow();
    }

    /** The source is registered all the time. */
    @State(Scope.Thread)
    public static class Toggled {

        private @Nullable ChurnSide calls;

        /** Registers it. */
        @Setup(Level.Trial)
        public void register(ChurnBenchmark benchmark) throws Exception {
            calls = benchmark.watcher();
            calls.register();
        }

        ChurnSide calls() {
            return Objects.requireNonNull(calls);
        }
    }
}
