package dev.pollux.benchmarks;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.ReadyHandler;
import dev.pollux.Selectors;
import dev.pollux.loop.Callback;
import dev.pollux.loop.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
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

/**
 * One wait that finds sources ready among others that are idle, and hands every ready one to its handler.
 *
 * <p>Sides: {@code jdk} is {@link Selector} by hand; {@code nio}, {@code epoll}, {@code poll} and {@code select} are an
 * {@link EventSelector}; with {@code loop-} before the name, a turn of an {@link EventLoop} with one callback per
 * source. {@code netty-epoll} is Netty's epoll transport by hand, {@code netty-loop} a turn of its event loop. All watch
 * the same kind of datagram socket.
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

    private static final Duration WITHOUT_LIMIT = Duration.ofDays(1);
    private static final String LOOP = "loop-";

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

    private AutoCloseable sockets = () -> {};
    private AutoCloseable opened = () -> {};
    private Turn turn = () -> 0;

    /** Waits once and hands every ready source over. */
    @FunctionalInterface
    private interface Turn {

        int once() throws IOException;
    }

    /** Opens the sockets and has them watched. */
    @Setup(Level.Trial)
    public void open(Blackhole blackhole) throws Exception {
        int slash = load.indexOf('/');
        Sockets sources =
                Sockets.open(Integer.parseInt(load.substring(slash + 1)), Integer.parseInt(load.substring(0, slash)));
        sockets = sources;
        if (side.equals("jdk")) {
            openJdk(sources, blackhole);
        } else if (side.equals("netty-epoll")) {
            openNettyEpoll(sources, blackhole);
        } else if (side.equals("netty-loop")) {
            openNettyLoop(sources, blackhole);
        } else if (side.startsWith(LOOP)) {
            openLoop(sources, side.substring(LOOP.length()), blackhole);
        } else {
            openSelector(sources, blackhole);
        }
    }

    private void openJdk(Sockets sources, Blackhole blackhole) throws IOException {
        Selector selector = Selector.open();
        opened = selector;
        for (DatagramChannel channel : sources.channels()) {
            channel.register(selector, SelectionKey.OP_READ);
        }
        Consumer<SelectionKey> action = blackhole::consume;
        turn = () -> selector.select(action);
    }

    private void openSelector(Sockets sources, Blackhole blackhole) throws IOException {
        EventSelector selector = Selectors.open(side);
        opened = selector;
        for (DatagramChannel channel : sources.channels()) {
            selector.register(channel, Events.READ);
        }
        ReadyHandler handler = (key, ready) -> blackhole.consume(key);
        turn = () -> selector.selectNanos(Long.MAX_VALUE, handler);
    }

    private void openLoop(Sockets sources, String backend, Blackhole blackhole) throws IOException {
        EventLoop loop = EventLoop.builder().backend(backend).open();
        opened = loop;
        Callback callback = (key, ready) -> blackhole.consume(key);
        for (DatagramChannel channel : sources.channels()) {
            loop.register(channel, Events.READ, callback);
        }
        turn = () -> loop.runOnce(WITHOUT_LIMIT) ? 1 : 0;
    }

    private void openNettyEpoll(Sockets sources, Blackhole blackhole) throws Exception {
        NettyEpoll netty = new NettyEpoll();
        opened = netty;
        Consumer<IoEvent> action = blackhole::consume;
        for (int fd : sources.descriptors()) {
            netty.register(new NettyHandle(fd, action)).submit(EpollIoOps.EPOLLIN);
        }
        turn = netty::select;
    }

    private void openNettyLoop(Sockets sources, Blackhole blackhole) throws IOException {
        ManualIoEventLoop loop = new ManualIoEventLoop(Thread.currentThread(), EpollIoHandler.newFactory());
        opened = () -> NettyLoops.close(loop, () -> {});
        Consumer<IoEvent> action = blackhole::consume;
        for (int fd : sources.descriptors()) {
            loop.register(new NettyHandle(fd, action)).getNow().submit(EpollIoOps.EPOLLIN);
        }
        long withoutLimit = WITHOUT_LIMIT.toNanos();
        turn = () -> loop.run(withoutLimit);
    }

    /** Closes everything. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        opened.close();
        sockets.close();
    }

    /** Waits without limit for what is ready already. */
    @Benchmark
    public int turn() throws IOException {
        return turn.once();
    }
}
