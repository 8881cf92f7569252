package dev.pollux.benchmarks.peers;

import dev.pollux.Events;
import dev.pollux.benchmarks.Dispatcher;
import dev.pollux.benchmarks.Dispatchers;
import dev.pollux.benchmarks.NettyHandle;
import dev.pollux.benchmarks.Sources;
import dev.pollux.loop.Callback;
import dev.pollux.loop.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.util.function.Consumer;

/** Dispatches events of many sources, some of which are always ready: {@code load REGISTERED READY}. */
final class DispatchSubject implements Metered.Subject {

    private final Sources sources = Sources.open(0);
    private final Counter dispatched;
    private final MeteredThread thread;
    private final Watch watch;

    private DispatchSubject(Counter dispatched, MeteredThread thread, Watch watch) throws IOException {
        this.dispatched = dispatched;
        this.thread = thread;
        this.watch = watch;
    }

    /** Watches one more source, on the measured thread. */
    @FunctionalInterface
    private interface Watch {

        void source(DatagramChannel channel) throws Exception;
    }

    static DispatchSubject open(Contestant contestant) throws IOException {
        Counter dispatched = new Counter();
        return switch (contestant.kind()) {
            case "pollux-loop" -> ofLoop(contestant.backend(), dispatched);
            case "netty-epoll" -> ofNetty(dispatched);
            default -> ofTurns(side(contestant), dispatched);
        };
    }

    /** Returns the side of the JMH benchmark that {@code contestant} is. */
    static String side(Contestant contestant) {
        return switch (contestant.kind()) {
            case "pollux-selector" -> contestant.backend();
            case "pollux-run-once" -> "loop-" + contestant.backend();
            case "jdk", "jnr-enxio" -> contestant.kind();
            case "netty-handler" -> "netty-epoll";
            default ->
                throw new IllegalArgumentException(
                        "no loop " + contestant.kind()
                                + "; there are pollux-selector, pollux-loop, pollux-run-once, jdk, jnr-enxio, netty-handler and netty-epoll");
        };
    }

    private static DispatchSubject ofTurns(String side, Counter dispatched) throws IOException {
        Consumer<Object> action = ready -> dispatched.increment();
        Dispatcher dispatcher = Dispatchers.open(side, action);
        return new DispatchSubject(dispatched, MeteredThread.of(dispatcher::turn), dispatcher::watch);
    }

    private static DispatchSubject ofLoop(String backend, Counter dispatched) throws IOException {
        EventLoop loop = EventLoop.builder()
                .backend(backend)
                .threadName(Answers.LOOP_THREAD)
                .failureHandler(failure -> Answers.end(failure.error()))
                .open();
        loop.start();
        Callback callback = (registration, ready) -> dispatched.increment();
        return new DispatchSubject(
                dispatched, MeteredThread.ofLoop(loop), source -> loop.register(source, Events.READ, callback));
    }

    private static DispatchSubject ofNetty(Counter dispatched) throws IOException {
        IoEventLoop loop = new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory(Answers.LOOP_THREAD), EpollIoHandler.newFactory())
                .next();
        Consumer<Object> action = ready -> dispatched.increment();
        return new DispatchSubject(
                dispatched,
                MeteredThread.ofLoop(loop),
                source ->
                        loop.register(new NettyHandle(source, action)).getNow().submit(EpollIoOps.EPOLLIN));
    }

    @Override
    public void load(int registered, int ready) throws Exception {
        int before = sources.count();
        sources.growTo(registered);
        thread.call(() -> {
            for (int i = before; i < sources.count(); i++) {
                watch.source(sources.channel(i));
            }
            return sources.count();
        });
        sources.makeReadable(ready);
    }

    @Override
    public Sample run(double seconds) throws Exception {
        return thread.run(seconds, dispatched);
    }
}
