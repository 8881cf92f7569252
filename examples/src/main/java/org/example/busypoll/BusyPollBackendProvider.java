package org.example.busypoll;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.nio.channels.Selector;
import java.util.Set;

/** Offers {@link BusyPollBackend} to {@link java.util.ServiceLoader}. */
public final class BusyPollBackendProvider implements BackendProvider {

    /** Called by {@code ServiceLoader}; does nothing. */
    public BusyPollBackendProvider() {}

    @Override
    public String name() {
        return "busypoll";
    }

    /** Below all others: a program that pays a processor for latency takes it by name. */
    @Override
    public int priority() {
        return 10;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.JAVA_CHANNELS, Capability.NANOSECOND_TIMEOUTS);
    }

    @Override
    public Availability availability() {
        return Availability.available();
    }

    @Override
    public Backend open(BackendOptions options) throws IOException {
        return new BusyPollBackend(Selector.open());
    }
}
