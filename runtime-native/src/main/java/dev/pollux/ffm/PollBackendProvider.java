package dev.pollux.ffm;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.ffm.internal.PollBackend;
import dev.pollux.ffm.sys.Abi;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/** Offers {@code poll(2)} to {@link java.util.ServiceLoader}. Linux and macOS. */
public final class PollBackendProvider extends NativeBackendProvider {

    /** Called by {@code ServiceLoader}; does nothing. */
    public PollBackendProvider() {}

    @Override
    public String name() {
        return "poll";
    }

    @Override
    public int priority() {
        return 200;
    }

    @Override
    boolean isSupported() {
        return Abi.LINUX || Abi.MACOS;
    }

    /** {@link Capability#JAVA_CHANNELS} takes a JVM flag, see {@link #remedy}. */
    @Override
    public Set<Capability> capabilities() {
        Set<Capability> capabilities =
                EnumSet.of(Capability.DESCRIPTORS, Capability.REGULAR_FILES, Capability.PRIORITY, Capability.HANGUP);
        if (Abi.LINUX) {
            capabilities.add(Capability.NANOSECOND_TIMEOUTS);
        }
        return withChannels(capabilities);
    }

    @Override
    public Availability availability() {
        return isSupported() ? Probe.RESULT : Availability.unavailable("Linux and macOS only; this is " + Abi.OS);
    }

    @Override
    Backend openUnchecked(BackendOptions options) throws IOException {
        return PollBackend.open();
    }

    /** Computed once: a class that failed to initialise reports its cause only the first time. */
    private static final class Probe {

        static final Availability RESULT = probe(new PollBackendProvider());
    }
}
