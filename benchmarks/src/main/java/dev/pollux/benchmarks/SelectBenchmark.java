package dev.pollux.benchmarks;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.ReadyHandler;
import dev.pollux.Selectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

/** One select of some ready pipes among others that are idle, beside the JDK's selector on the same pipes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED"})
public class SelectBenchmark {

    /** The backend; {@code jdk} is {@link Selector} without Pollux. */
    @Param({"jdk", "nio", "epoll", "poll"})
    public String backend = "";

    /** Pipes registered. */
    @Param({"100"})
    public int registered;

    /** Pipes that are ready. */
    @Param({"1", "64"})
    public int ready;

    private final List<Pipe> pipes = new ArrayList<>();
    private AutoCloseable opened = () -> {};
    private Select select = () -> 0;

    /** Selects once and hands every ready key over. */
    @FunctionalInterface
    private interface Select {

        int once() throws IOException;
    }

    /** Opens the pipes and registers their readable ends. */
    @Setup(Level.Trial)
    public void open(Blackhole blackhole) throws IOException {
        for (int i = 0; i < registered; i++) {
            Pipe pipe = Pipe.open();
            pipe.source().configureBlocking(false);
            pipes.add(pipe);
            if (i < ready) {
                pipe.sink().write(ByteBuffer.allocate(1));
            }
        }
        if (backend.equals("jdk")) {
            Selector selector = Selector.open();
            for (Pipe pipe : pipes) {
                pipe.source().register(selector, SelectionKey.OP_READ);
            }
            opened = selector;
            Consumer<SelectionKey> action = blackhole::consume;
            select = () -> selector.select(action);
        } else {
            EventSelector selector = Selectors.open(backend);
            for (Pipe pipe : pipes) {
                selector.register(pipe.source(), Events.READ);
            }
            opened = selector;
            ReadyHandler handler = (key, bits) -> blackhole.consume(key);
            select = () -> selector.selectNanos(Long.MAX_VALUE, handler);
        }
    }

    /** Closes everything. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        opened.close();
        for (Pipe pipe : pipes) {
            pipe.sink().close();
            pipe.source().close();
        }
    }

    /** Waits without limit for what is ready already. */
    @Benchmark
    public int select() throws IOException {
        return select.once();
    }
}
