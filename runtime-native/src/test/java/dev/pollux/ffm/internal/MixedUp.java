package dev.pollux.ffm.internal;

import dev.pollux.spi.Backend;
import dev.pollux.spi.EventSink;
import java.io.IOException;

/** Halves every token on its way back, as a structure that is laid out otherwise than expected would. */
final class MixedUp implements Backend {

    private final Backend sound;

    MixedUp(Backend sound) {
        this.sound = sound;
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
        sound.await(timeoutNanos, (token, ready) -> sink.ready(token >>> Integer.SIZE, ready));
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
