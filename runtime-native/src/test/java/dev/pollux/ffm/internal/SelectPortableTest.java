package dev.pollux.ffm.internal;

import dev.pollux.Capability;
import dev.pollux.ffm.SelectBackendProvider;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** As on macOS, as far as Linux has it. */
class SelectPortableTest extends PollingContract {

    @Override
    boolean isForLinux() {
        return false;
    }

    @Override
    Backend newBackend(BackendOptions options) throws IOException {
        return SelectBackend.open(false);
    }

    @Override
    Set<Capability> capabilities() {
        Set<Capability> capabilities = EnumSet.copyOf(new SelectBackendProvider().capabilities());
        capabilities.remove(Capability.NANOSECOND_TIMEOUTS);
        return capabilities;
    }

    @Override
    String waitCall() {
        return "pselect";
    }

    @Override
    List<String> waits() {
        return List.of("pselect", "pselect", "pselect");
    }

    @Override
    int callsToOpen() {
        return 6;
    }
}
