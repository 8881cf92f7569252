package dev.pollux.examples;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.util.Set;

/** A backend that is found and cannot be used, as that of another system would be. */
public final class AbsentBackendProvider implements BackendProvider {

    /** Called by {@code ServiceLoader}. */
    public AbsentBackendProvider() {}

    @Override
    public String name() {
        return "absent";
    }

    @Override
    public int priority() {
        return 1;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.JAVA_CHANNELS);
    }

    @Override
    public Availability availability() {
        return Availability.unavailable("this kernel has never heard of it");
    }

    @Override
    public Backend open(BackendOptions options) throws IOException {
        throw new IOException("there is nothing to open");
    }
}
