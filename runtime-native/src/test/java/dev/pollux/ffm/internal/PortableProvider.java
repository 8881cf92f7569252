package dev.pollux.ffm.internal;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/** Offers a backend as it is on systems other than Linux: without eventfd(2) and ppoll(2). */
record PortableProvider(BackendProvider real, SelfTest.Opener opener) implements BackendProvider {

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
        Set<Capability> capabilities = EnumSet.copyOf(real.capabilities());
        capabilities.remove(Capability.NANOSECOND_TIMEOUTS);
        capabilities.remove(Capability.JAVA_CHANNELS);
        return capabilities;
    }

    @Override
    public Availability availability() {
        return real.availability();
    }

    @Override
    public Backend open(BackendOptions options) throws IOException {
        return opener.open(options);
    }
}
