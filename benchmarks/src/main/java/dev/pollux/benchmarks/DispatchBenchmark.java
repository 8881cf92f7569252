package dev.pollux.benchmarks;

import dev.pollux.EventSelector;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
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
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * One wait that finds sources ready among others that are idle, and hands every ready one to its handler.
 *
 * <p>Sides: {@code jdk} is {@link Selector} by hand; {@code nio}, {@code epoll}, {@code poll} and {@code select} are an
 * {@link EventSelector}; with {@code loop-} before the name, a turn of an {@link EventLoop} with one callback per
 * source. {@code netty-epoll} is Netty's epoll transport by hand, {@code netty-loop} a turn of its event loop. All watch
 * {@link Sources}.
 *
 * <p>Run with {@code java -jar benchmarks/target/benchmarks.jar DispatchBenchmark -p load=1/100,64/100}. A score is the
 * cost of a wait: divide by the ready sources for the cost of an event. With {@code select}, a descriptor above 1023 is
 * refused: JMH reports that the set-up of the load {@code 1/10000} failed, and goes on.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.CHANNEL_DESCRIPTORS})
public class DispatchBenchmark {

    /** Who waits. */
    @Param({
        "jdk",
        "nio",
        "epoll",
        "poll",
        "select",
        "loop-nio",
        "loop-epoll",
        "loop-poll",
        "loop-select",
        "netty-epoll",
        "netty-loop"
    })
    public String side = "";

    /** Ready sources / all sources. */
    @Param({"1/10", "1/100", "64/100", "1/1000", "64/1000", "1/10000", "64/10000"})
    public String load = "";

    private @Nullable Sources sources;
    private @Nullable Dispatcher dispatcher;

    /** Opens the sources and has them watched. */
    @Setup(Level.Trial)
    public void open(Blackhole blackhole) throws Exception {
        int slash = load.indexOf('/');
        Sources opened = Sources.open(Integer.parseInt(load.substring(slash + 1)));
        sources = opened;
        opened.makeReadable(Integer.parseInt(load.substring(0, slash)));
        Dispatcher waiting = Dispatchers.open(side, blackhole::consume);
        dispatcher = waiting;
        for (int i = 0; i < opened.count(); i++) {
            waiting.watch(opened.channel(i));
        }
    }

    /** Closes everything. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        Objects.requireNonNull(dispatcher).close();
        Objects.requireNonNull(sources).close();
    }

    /** Waits without limit for what is ready already. */
    @Benchmark
    public void turn() throws Exception {
        Objects.requireNonNull(dispatcher).turn();
    }
}
