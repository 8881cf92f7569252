package dev.pollux.tck.mutants;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import dev.pollux.SelectorMetrics;
import dev.pollux.spi.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** A selector with one fault that no backend can cause: the policy over all of them is what is broken. */
class MutantSelector implements EventSelector {

    private final EventSelector sound;

    MutantSelector(EventSelector sound) {
        this.sound = sound;
    }

    @Override
    public SelectorKey register(Object fileobj, int events, Object data) throws IOException {
        return sound.register(fileobj, events, data);
    }

    @Override
    public SelectorKey modify(Object fileobj, int events) throws IOException {
        return sound.modify(fileobj, events);
    }

    @Override
    public SelectorKey modify(Object fileobj, int events, Object data) throws IOException {
        return sound.modify(fileobj, events, data);
    }

    @Override
    public SelectorKey unregister(Object fileobj) {
        return sound.unregister(fileobj);
    }

    @Override
    public SelectorKey key(Object fileobj) {
        return sound.key(fileobj);
    }

    @Override
    public Map<Object, SelectorKey> keys() {
        return sound.keys();
    }

    @Override
    public final int select(Duration timeout, ReadyHandler handler) throws IOException {
        return selectNanos(timeout.isNegative() ? -1 : Timeouts.nanos(timeout), handler);
    }

    @Override
    public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
        return sound.selectNanos(timeoutNanos, handler);
    }

    @Override
    public void wakeup() {
        sound.wakeup();
    }

    @Override
    public void swap(String backend) throws IOException {
        sound.swap(backend);
    }

    @Override
    public OptionalInt descriptor() {
        return sound.descriptor();
    }

    @Override
    public String backend() {
        return sound.backend();
    }

    @Override
    public Set<Capability> capabilities() {
        return sound.capabilities();
    }

    @Override
    public SelectorMetrics metrics() {
        return sound.metrics();
    }

    @Override
    public boolean isOpen() {
        return sound.isOpen();
    }

    @Override
    public void close() {
        sound.close();
    }
}
