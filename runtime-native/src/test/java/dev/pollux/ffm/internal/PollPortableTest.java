package dev.pollux.ffm.internal;

import dev.pollux.Capability;
import dev.pollux.ffm.PollBackendProvider;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** As on macOS, as far as Linux has it. */
class PollPortableTest extends PollingContract {

    @Override
    boolean isForLinux() {
        return false;
    }

    @Override
    Backend newBackend(BackendOptions options) throws IOException {
        return PollBackend.open(false);
    }

    @Override
    Set<Capability> capabilities() {
        Set<Capability> capabilities = EnumSet.copyOf(new PollBackendProvider().capabilities());
        capabilities.remove(Capability.NANOSECOND_TIMEOUTS);
        return capabilities;
    }

    @Override
    String waitCall() {
        return "poll";
    }

    @Override
    List<String> waits() {
        return List.of("poll", "poll", "poll");
    }

    @Override
    int callsToOpen() {
        return 7;
    }
}
