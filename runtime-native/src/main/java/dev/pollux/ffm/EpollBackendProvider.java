package dev.pollux.ffm;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.ffm.internal.EpollBackend;
import dev.pollux.ffm.sys.Abi;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/** Offers {@code epoll(7)} to {@link java.util.ServiceLoader}. Linux only. */
public final class EpollBackendProvider extends NativeBackendProvider {

    /** Called by {@code ServiceLoader}; does nothing. */
    public EpollBackendProvider() {}

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public int priority() {
        return 400;
    }

    @Override
    boolean isSupported() {
        return Abi.LINUX;
    }

    /**
     * {@link Capability#JAVA_CHANNELS} takes a JVM flag, see {@link #remedy}. {@link Capability#NANOSECOND_TIMEOUTS}
     * takes {@code epoll_pwait2(2)} of Linux 5.11; where a container's filter denies that call, waits are rounded up to
     * milliseconds all the same.
     */
    @Override
    public Set<Capability> capabilities() {
        Set<Capability> capabilities = EnumSet.of(
                Capability.DESCRIPTORS,
                Capability.EDGE,
                Capability.PRIORITY,
                Capability.HANGUP,
                Capability.CONSTANT_TIME,
                Capability.POLLABLE);
        if (Abi.isLinuxAtLeast(5, 11)) {
            capabilities.add(Capability.NANOSECOND_TIMEOUTS);
        }
        return withChannels(capabilities);
    }

    @Override
    public Availability availability() {
        return isSupported() ? Probe.RESULT : Availability.unavailable("Linux only; this is " + Abi.OS);
    }

    @Override
    Backend openUnchecked(BackendOptions options) throws IOException {
        return EpollBackend.open(options);
    }

    /** Computed once: a class that failed to initialise reports its cause only the first time. */
    private static final class Probe {

        static final Availability RESULT = probe(new EpollBackendProvider());
    }
}
