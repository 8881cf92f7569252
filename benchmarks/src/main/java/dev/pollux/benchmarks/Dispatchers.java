package dev.pollux.benchmarks;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.ReadyHandler;
import dev.pollux.Selectors;
import dev.pollux.loop.Callback;
import dev.pollux.loop.EventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import jnr.enxio.channels.NativeDeviceChannel;
import jnr.enxio.channels.NativeSelectorProvider;

/** The dispatchers by name. */
public final class Dispatchers {

    private static final String LOOP = "loop-";
    private static final Duration WITHOUT_LIMIT = Duration.ofDays(1);

    private Dispatchers() {}

    /**
     * Opens a dispatcher for the calling thread.
     *
     * @param side {@code jdk}, {@code netty-epoll}, {@code netty-loop}, {@code jnr-enxio}; the name of a backend for an event selector, or {@code
     *     loop-} and that name for an event loop that is driven by {@code runOnce}
     * @param action is given something that stands for the source, of the dispatcher's own
     */
    public static Dispatcher open(String side, Consumer<Object> action) throws IOException {
        return switch (side) {
            case "jdk" -> new Jdk(action);
            case "netty-epoll" -> new Netty(action);
            case "netty-loop" -> new NettyLoop(action);
            case "jnr-enxio" -> new JnrEnxio(action);
            default ->
                side.startsWith(LOOP)
                        ? new Loop(EventLoop.open(side.substring(LOOP.length())), action)
                        : new PolluxSelector(Selectors.open(side), action);
        };
    }

    private record Jdk(Selector selector, Consumer<SelectionKey> action) implements Dispatcher {

        Jdk(Consumer<Object> action) throws IOException {
            this(Selector.open(), action::accept);
        }

        @Override
        public void watch(DatagramChannel source) throws IOException {
            source.register(selector, SelectionKey.OP_READ);
        }

        @Override
        public void turn() throws IOException {
            selector.select(action);
        }

        @Override
        public void close() throws IOException {
            selector.close();
        }
    }

    private record PolluxSelector(EventSelector selector, ReadyHandler handler) implements Dispatcher {

        PolluxSelector(EventSelector selector, Consumer<Object> action) {
            this(selector, (key, ready) -> action.accept(key));
        }

        @Override
        public void watch(DatagramChannel source) throws IOException {
            selector.register(source, Events.READ);
        }

        @Override
        public void turn() throws IOException {
            selector.selectNanos(Long.MAX_VALUE, handler);
        }

        @Override
        public void close() {
            selector.close();
        }
    }

    private record Loop(EventLoop loop, Callback callback) implements Dispatcher {

        Loop(EventLoop loop, Consumer<Object> action) {
            this(loop, (registration, ready) -> action.accept(registration));
        }

        @Override
        public void watch(DatagramChannel source) throws IOException {
            loop.register(source, Events.READ, callback);
        }

        @Override
        public void turn() throws IOException {
            loop.runOnce(WITHOUT_LIMIT);
        }

        @Override
        public void close() {
            loop.close();
        }
    }

    /** A selector of the JNR project, which is on poll(2) on Linux, with the same descriptors in channels of its own. */
    private record JnrEnxio(Selector selector, Consumer<Object> action) implements Dispatcher {

        JnrEnxio(Consumer<Object> action) throws IOException {
            this(NativeSelectorProvider.getInstance().openSelector(), action);
        }

        @Override
        public void watch(DatagramChannel source) throws IOException {
            NativeDeviceChannel channel = new NativeDeviceChannel(
                    selector.provider(), Sources.descriptor(source), SelectionKey.OP_READ, false);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
        }

        @Override
        public void turn() throws IOException {
            selector.select();
            Set<SelectionKey> selected = selector.selectedKeys();
            selected.forEach(action);
            selected.clear();
        }

        @Override
        public void close() throws IOException {
            selector.close();
        }
    }

    private static final class Netty implements Dispatcher {

        private final NettyEpoll netty = new NettyEpoll();
        private final Consumer<Object> action;

        Netty(Consumer<Object> action) {
            this.action = action;
        }

        @Override
        public void watch(DatagramChannel source) throws Exception {
            netty.register(new NettyHandle(source, action)).submit(EpollIoOps.EPOLLIN);
        }

        @Override
        public void turn() {
            netty.select();
        }

        @Override
        public void close() {
            netty.close();
        }
    }

    private static final class NettyLoop implements Dispatcher {

        private final ManualIoEventLoop loop =
                new ManualIoEventLoop(Thread.currentThread(), EpollIoHandler.newFactory());
        private final Consumer<Object> action;

        NettyLoop(Consumer<Object> action) {
            this.action = action;
        }

        @Override
        public void watch(DatagramChannel source) {
            IoRegistration registered =
                    loop.register(new NettyHandle(source, action)).getNow();
            registered.submit(EpollIoOps.EPOLLIN);
        }

        @Override
        public void turn() {
            loop.run(WITHOUT_LIMIT.toNanos());
        }

        @Override
        public void close() {
            NettyLoops.close(loop, () -> {});
        }
    }
}
