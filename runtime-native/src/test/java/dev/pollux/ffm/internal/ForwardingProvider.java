package dev.pollux.ffm.internal;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.spi.BackendProvider;
import java.nio.channels.SelectableChannel;
import java.util.Set;

/** A provider that offers the backend of another one in a way of its own. */
public abstract class ForwardingProvider implements BackendProvider {

    private final BackendProvider real;

    protected ForwardingProvider(BackendProvider real) {
        this.real = real;
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public int priority() {
        return real.priority();
    }

    @Override
    public Set<Capability> capabilities() {
        return real.capabilities();
    }

    @Override
    public Availability availability() {
        return real.availability();
    }

    @Override
    public int descriptor(SelectableChannel channel) {
        return real.descriptor(channel);
    }
}
