package dev.pollux.examples;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.nio.NioBackendProvider;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.util.Set;
import java.util.function.Function;

/** A backend that works like {@code nio} as far as a subclass does not spoil it. */
class TroubledBackend implements Backend {

    private final Backend sound;

    TroubledBackend(Backend sound) {
        this.sound = sound;
    }

    /** Returns a provider of what {@code spoil} makes of a sound backend. */
    static BackendProvider provider(Function<Backend, Backend> spoil) {
        return new BackendProvider() {
            private final BackendProvider nio = new NioBackendProvider();

            @Override
            public String name() {
                return "troubled";
            }

            @Override
            public int priority() {
                return 1;
            }

            @Override
            public Set<Capability> capabilities() {
                return nio.capabilities();
            }

            @Override
            public Availability availability() {
                return Availability.available();
            }

            @Override
            public Backend open(BackendOptions options) throws IOException {
                return spoil.apply(nio.open(options));
            }
        };
    }

    @Override
    public void add(Object fileobj, int fd, int events, long token) throws IOException {
        sound.add(fileobj, fd, events, token);
    }

    @Override
    public void change(Object fileobj, int fd, int events, long token) throws IOException {
        sound.change(fileobj, fd, events, token);
    }

    @Override
    public void remove(Object fileobj, int fd, long token) {
        sound.remove(fileobj, fd, token);
    }

    @Override
    public void await(long timeoutNanos, EventSink sink) throws IOException {
        sound.await(timeoutNanos, sink);
    }

    @Override
    public void attach(Thread thread) throws IOException {
        sound.attach(thread);
    }

    @Override
    public void flush() throws IOException {
        sound.flush();
    }

    @Override
    public int descriptor() {
        return sound.descriptor();
    }

    @Override
    public void wakeup() {
        sound.wakeup();
    }

    @Override
    public void close() {
        sound.close();
    }
}
