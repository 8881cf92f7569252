package dev.pollux.ffm;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.ffm.internal.DevpollBackend;
import dev.pollux.ffm.sys.Abi;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/** Offers {@code poll(7D)}, the device {@code /dev/poll}, to {@link java.util.ServiceLoader}. Solaris and illumos. */
public final class DevpollBackendProvider extends NativeBackendProvider {

    /** Called by {@code ServiceLoader}; does nothing. */
    public DevpollBackendProvider() {}

    @Override
    public String name() {
        return "devpoll";
    }

    @Override
    public int priority() {
        return 500;
    }

    @Override
    boolean isSupported() {
        return Abi.OS.equals("SunOS");
    }

    /** {@link Capability#JAVA_CHANNELS} takes a JVM flag, see {@link #remedy}. */
    @Override
    public Set<Capability> capabilities() {
        return withChannels(EnumSet.of(Capability.DESCRIPTORS, Capability.PRIORITY, Capability.HANGUP));
    }

    @Override
    public Availability availability() {
        return isSupported()
                ? Probe.RESULT
                : Availability.unavailable(
                        "no such device here: poll(7D) is on Solaris and illumos; this is " + Abi.OS);
    }

    @Override
    Backend openUnchecked(BackendOptions options) throws IOException {
        return DevpollBackend.open(options);
    }

    /** Computed once: a class that failed to initialise reports its cause only the first time. */
    private static final class Probe {

        static final Availability RESULT = probe(new DevpollBackendProvider());
    }
}
