package dev.pollux.nio;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.nio.channels.Selector;
import java.util.Set;

/** Offers {@link java.nio.channels.Selector} to {@link java.util.ServiceLoader}. */
public final class NioBackendProvider implements BackendProvider {

    /** Called by {@code ServiceLoader}; does nothing. */
    public NioBackendProvider() {}

    @Override
    public String name() {
        return "nio";
    }

    @Override
    public int priority() {
        return 300;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.JAVA_CHANNELS, Capability.CONSTANT_TIME);
    }

    /** Always: the JDK guarantees a default selector. */
    @Override
    public Availability availability() {
        return Availability.available();
    }

    @Override
    public Backend open(BackendOptions options) throws IOException {
        return new NioBackend(Selector.open());
    }
}
