package dev.pollux.examples.docs;

import dev.pollux.Events;
import dev.pollux.accept.Acceptor;
import dev.pollux.loop.Callback;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.EventLoopGroup;
import dev.pollux.loop.LoopChooser;
import dev.pollux.loop.Registration;
import dev.pollux.loop.SignalHandle;
import dev.pollux.loop.TimerHandle;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;

/** The code of docs/loop.md and docs/timers.md. */
@SuppressWarnings("unused") // Pages name what they show.
abstract class LoopSnippets {

    abstract void handle(int bits) throws IOException;

    abstract void show(String text);

    abstract String lookUp(String name);

    abstract void reload();

    void open(SocketChannel channel) throws IOException {
        try (EventLoop loop = EventLoop.open()) {
            loop.register(channel, Events.READ, (registration, ready) -> handle(ready));
            loop.run();
        }
    }

    void sources(EventLoop loop, SocketChannel channel, Callback callback) throws IOException {
        Registration reading = loop.register(channel, Events.READ, callback);
        reading.modify(Events.READ | Events.WRITE);
        reading.pause();
        reading.resume();
        reading.cancel();
    }

    void ready(EventLoop loop, SocketChannel channel) {
        Thread.ofVirtual().start(() -> {
            int bits = loop.ready(channel, Events.READ).join();
            show("ready for " + Events.toString(bits));
        });
    }

    void another(EventLoop other, SocketChannel channel, Callback callback) {
        other.registerAsync(channel, Events.READ, callback)
                .thenAccept(registration -> show("registered " + registration));
    }

    void timers(EventLoop loop, Runnable task) {
        TimerHandle once = loop.schedule(Duration.ofMillis(50), task);
        TimerHandle tick = loop.scheduleAtFixedRate(Duration.ZERO, Duration.ofSeconds(1), task);
        TimerHandle poll = loop.scheduleWithFixedDelay(Duration.ZERO, Duration.ofSeconds(1), task);
        tick.cancel();
    }

    void executors(EventLoop loop, String name) {
        ScheduledExecutorService executor = loop.executor();
        Future<String> answer = executor.submit(() -> lookUp(name));
        executor.shutdown();
    }

    void otherWork(EventLoop loop, Path path, Process process) throws IOException {
        loop.offload(() -> Files.readString(path)).thenAccept(text -> show(text));
        loop.onExit(process).thenAccept(ended -> show("exit " + ended.exitValue()));
        SignalHandle hangUp = loop.onSignal("HUP", this::reload);
    }

    void groups(EventLoop loop, SocketAddress address, Callback callback) throws IOException {
        EventLoopGroup workers =
                EventLoopGroup.open(4, EventLoop.builder().threadName("worker"), LoopChooser.leastRegistered());
        Acceptor<SocketChannel> acceptor = Acceptor.builder()
                .handOffTo(workers)
                .maxConnections(10_000)
                .listen(loop, address, accepted -> accepted.loop().register(accepted.get(), Events.READ, callback));
    }
}
