package dev.pollux.benchmarks;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.ReadyHandler;
import dev.pollux.Selectors;
import dev.pollux.loop.Callback;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Registration;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who changes what is watched, by name. */
public final class ChurnSides {

    private ChurnSides() {}

    /**
     * Opens a side for the calling thread.
     *
     * @param side {@code jdk}, {@code netty-epoll}, or the name of a backend for an event selector
     * @param source the one that changes
     * @param action is given something that stands for a ready source, of the side's own
     */
    public static ChurnSide open(String side, DatagramChannel source, Consumer<Object> action) throws IOException {
        return switch (side) {
            case "jdk" -> new Jdk(source, action);
            case "netty-epoll" -> new Netty(source, action);
            default -> new Pollux(side, source, action);
        };
    }

    /** Returns the calls on {@code loop}, for the thread that drives it: each {@code selectNow} is one turn. */
    public static ChurnSide on(EventLoop loop, DatagramChannel source, Consumer<Object> action) {
        return new Loop(loop, source, action);
    }

    private static final class Jdk implements ChurnSide {

        private final Selector selector = Selector.open();
        private final DatagramChannel source;
        private final Consumer<SelectionKey> action;
        private @Nullable SelectionKey key;

        Jdk(DatagramChannel source, Consumer<Object> action) throws IOException {
            this.source = source;
            this.action = action::accept;
        }

        @Override
        public void watch(DatagramChannel idle) throws IOException {
            idle.register(selector, SelectionKey.OP_READ);
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

    private static final class Pollux implements ChurnSide {

        private final EventSelector selector;
        private final DatagramChannel source;
        private final ReadyHandler handler;

        Pollux(String backend, DatagramChannel source, Consumer<Object> action) throws IOException {
            this.source = source;
            handler = (key, ready) -> action.accept(key);
            selector = Selectors.open(backend);
        }

        @Override
        public void watch(DatagramChannel idle) throws IOException {
            selector.register(idle, Events.READ);
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

    private static final class Netty implements ChurnSide {

        private final NettyEpoll netty = new NettyEpoll();
        private final NettyHandle source;
        private final Consumer<Object> action;
        private @Nullable IoRegistration registration;

        Netty(DatagramChannel source, Consumer<Object> action) {
            this.source = new NettyHandle(source, action);
            this.action = action;
        }

        @Override
        public void watch(DatagramChannel idle) throws Exception {
            netty.register(new NettyHandle(idle, action)).submit(EpollIoOps.EPOLLIN);
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

    private static final class Loop implements ChurnSide {

        private final EventLoop loop;
        private final DatagramChannel source;
        private final Callback callback;
        private @Nullable Registration registration;

        Loop(EventLoop loop, DatagramChannel source, Consumer<Object> action) {
            this.loop = loop;
            this.source = source;
            callback = (ready, bits) -> action.accept(ready);
        }

        @Override
        public void watch(DatagramChannel idle) throws IOException {
            loop.register(idle, Events.READ, callback);
        }

        @Override
        public void register() throws IOException {
            registration = loop.register(source, Events.READ, callback);
        }

        @Override
        public void watchReading() throws IOException {
            registration().modify(Events.READ);
        }

        @Override
        public void watchWriting() throws IOException {
            registration().modify(Events.WRITE);
        }

        @Override
        public void unregister() {
            registration().cancel();
        }

        @Override
        public int selectNow() throws IOException {
            return loop.runOnce(Duration.ZERO) ? 1 : 0;
        }

        private Registration registration() {
            return Objects.requireNonNull(registration);
        }

        @Override
        public void close() {
            loop.close();
        }
    }
}
