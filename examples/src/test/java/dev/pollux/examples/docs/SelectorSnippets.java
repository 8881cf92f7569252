package dev.pollux.examples.docs;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Ready;
import dev.pollux.Requirements;
import dev.pollux.SelectorKey;
import dev.pollux.Selectors;
import dev.pollux.loop.CallbackRegistry;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.EventLoopGroup;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The code of the pages about selectors, backends and swaps. */
@SuppressWarnings("unused") // Pages name what they show.
abstract class SelectorSnippets {

    /** What a program keeps for a connection. */
    private static final class Session {}

    abstract void handle(SelectorKey key, int ready);

    abstract void serve(Ready ready) throws IOException;

    abstract void report(@Nullable Throwable failure);

    void selector(SocketChannel channel) throws IOException {
        try (EventSelector selector = Selectors.open()) {
            selector.register(channel, Events.READ, "a name of yours");
            for (Ready ready : selector.select(Duration.ofSeconds(1))) {
                handle(ready.key(), ready.ready());
            }
        }
    }

    void registry(EventSelector selector, SocketChannel channel) throws IOException {
        CallbackRegistry registry = new CallbackRegistry(selector);
        registry.register(channel, Events.READ, (registration, ready) -> handle(registration.key(), ready));
        registry.dispatch(Duration.ofSeconds(1));
    }

    void loop(EventSelector selector, ServerSocketChannel listener) throws IOException {
        selector.register(listener, Events.READ);
        while (selector.isOpen()) {
            for (Ready ready : selector.select()) {
                if (ready.key().fileobj() == listener) {
                    SocketChannel client = listener.accept();
                    client.configureBlocking(false);
                    selector.register(client, Events.READ, new Session());
                } else {
                    serve(ready);
                }
            }
        }
    }

    void choice() throws IOException {
        EventSelector selector = Selectors.open(
                Requirements.of(Capability.DESCRIPTORS, Capability.EDGE).avoiding("io_uring"));
        EventLoop loop = EventLoop.builder()
                .requirements(Requirements.of(Capability.OPERATIONS))
                .open();
    }

    void swap(EventLoop loop, EventLoopGroup workers) {
        loop.swap("poll").whenComplete((done, failure) -> report(failure));
        workers.swap("poll");
    }
}
