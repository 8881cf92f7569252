package dev.pollux.ffm.internal;

import dev.pollux.Capability;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/** Offers a backend as it is on systems other than Linux: without eventfd(2) and ppoll(2). */
final class PortableProvider extends ForwardingProvider {

    private final SelfTest.Opener opener;

    PortableProvider(BackendProvider real, SelfTest.Opener opener) {
        super(real);
        this.opener = opener;
    }

    @Override
    public Set<Capability> capabilities() {
        Set<Capability> capabilities = EnumSet.copyOf(super.capabilities());
        capabilities.remove(Capability.NANOSECOND_TIMEOUTS);
        capabilities.remove(Capability.JAVA_CHANNELS);
        return capabilities;
    }

    @Override
    public Backend open(BackendOptions options) throws IOException {
        return opener.open(options);
    }
}
