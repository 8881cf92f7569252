package dev.pollux.benchmarks;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.ReadyHandler;
import dev.pollux.Selectors;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

    private AutoCloseable sockets = () -> {};
    private @Nullable Side watcher;

    /** The calls, on the one source that changes. */
    interface Side extends AutoCloseable {

        void register() throws Exception;

        void watchReading() throws IOException;

        void watchWriting() throws IOException;

        void unregister() throws IOException;

        int selectNow() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** Opens the sockets and has the idle ones watched. */
    @Setup(Level.Trial)
    public void open(Blackhole blackhole) throws Exception {
        Sockets sources = Sockets.open(idle + 1, 0);
        sockets = sources;
        watcher = switch (side) {
            case "jdk" -> new Jdk(sources, blackhole);
            case "netty-epoll" -> new Netty(sources, blackhole);
            default -> new Pollux(side, sources, blackhole);
        };
    }

    /** Closes everything. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        watcher().close();
        sockets.close();
    }

    private Side watcher() {
        return Objects.requireNonNull(watcher);
    }

    /** Register, modify and unregister, then one select. */
    @Benchmark
    public int cycle() throws Exception {
        Side calls = watcher();
        calls.register();
        calls.watchWriting();
        calls.unregister();
        return calls.selectNow();
    }

    /** Register, modify and unregister, with a select after each; the second one finds the source writable. */
    @Benchmark
    public int cycleOfSelects() throws Exception {
        Side calls = watcher();
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
    public int toggle(Toggled toggled) throws IOException {
        Side calls = toggled.calls();
        for (int i = 0; i < TOGGLES; i += 2) {
            calls.watchWriting();
            calls.watchReading();
        }
        return calls.selectNow();
    }

    /** The source is registered all the time. */
    @State(Scope.Thread)
    public static class Toggled {

        private @Nullable Side calls;

        /** Registers it. */
        @Setup(Level.Trial)
        public void register(ChurnBenchmark benchmark) throws Exception {
            calls = benchmark.watcher();
            calls.register();
        }

        Side calls() {
            return Objects.requireNonNull(calls);
        }
    }

    private static final class Jdk implements Side {

        private final Selector selector = Selector.open();
        private final DatagramChannel source;
        private final Consumer<SelectionKey> action;
        private @Nullable SelectionKey key;

        Jdk(Sockets sources, Blackhole blackhole) throws IOException {
            action = blackhole::consume;
            source = sources.channels().get(0);
            for (DatagramChannel channel : others(sources.channels())) {
                channel.register(selector, SelectionKey.OP_READ);
            }
        }

        @Override
        public void register() throws IOException {
            key = source.register(selector, SelectionKey.OP_READ);
        }

        @Override
        public void watchReading() {
            key().interestOps(SelectionKey.OP_READ);
        }

        @Override
        public void watchWriting() {
            key().interestOps(SelectionKey.OP_WRITE);
        }

        @Override
        public void unregister() {
            key().cancel();
        }

        @Override
        public int selectNow() throws IOException {
            return selector.selectNow(action);
        }

        private SelectionKey key() {
            return Objects.requireNonNull(key);
        }

        @Override
        public void close() throws IOException {
            selector.close();
        }
    }

    private static final class Pollux implements Side {

        private final EventSelector selector;
        private final DatagramChannel source;
        private final ReadyHandler handler;

        Pollux(String backend, Sockets sources, Blackhole blackhole) throws IOException {
            handler = (key, ready) -> blackhole.consume(key);
            selector = Selectors.open(backend);
            source = sources.channels().get(0);
            for (DatagramChannel channel : others(sources.channels())) {
                selector.register(channel, Events.READ);
            }
        }

        @Override
        public void register() throws IOException {
            selector.register(source, Events.READ);
        }

        @Override
        public void watchReading() throws IOException {
            selector.modify(source, Events.READ);
        }

        @Override
        public void watchWriting() throws IOException {
            selector.modify(source, Events.WRITE);
        }

        @Override
        public void unregister() {
            selector.unregister(source);
        }

        @Override
        public int selectNow() throws IOException {
            return selector.selectNanos(0, handler);
        }

        @Override
        public void close() {
            selector.close();
        }
    }

    private static final class Netty implements Side {

        private final NettyEpoll netty = new NettyEpoll();
        private final NettyHandle source;
        private @Nullable IoRegistration registration;

        Netty(Sockets sources, Blackhole blackhole) throws Exception {
            List<Integer> descriptors = sources.descriptors();
            source = new NettyHandle(descriptors.get(0), blackhole::consume);
            for (int fd : others(descriptors)) {
                netty.register(new NettyHandle(fd, blackhole::consume)).submit(EpollIoOps.EPOLLIN);
            }
        }

        @Override
        public void register() throws Exception {
            registration = netty.register(source);
        }

        @Override
        public void watchReading() {
            registration().submit(EpollIoOps.EPOLLIN);
        }

        @Override
        public void watchWriting() {
            registration().submit(EpollIoOps.EPOLLOUT);
        }

        @Override
        public void unregister() {
            registration().cancel();
        }

        @Override
        public int selectNow() {
            return netty.selectNow();
        }

        private IoRegistration registration() {
            return Objects.requireNonNull(registration);
        }

        @Override
        public void close() {
            netty.close();
        }
    }

    private static <T> List<T> others(List<T> sources) {
        return sources.subList(1, sources.size());
    }
}
