package dev.pollux.ffm;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.ffm.internal.KqueueBackend;
import dev.pollux.ffm.sys.Abi;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/** Offers {@code kqueue(2)} to {@link java.util.ServiceLoader}. macOS and the BSDs. */
public final class KqueueBackendProvider extends NativeBackendProvider {

    /** Called by {@code ServiceLoader}; does nothing. */
    public KqueueBackendProvider() {}

    @Override
    public String name() {
        return "kqueue";
    }

    @Override
    public int priority() {
        return 600;
    }

    @Override
    boolean isSupported() {
        return Abi.BSD;
    }

    /**
     * {@link Capability#JAVA_CHANNELS} takes a JVM flag, see {@link #remedy}. Not {@link Capability#HANGUP}: of a source
     * watched for READ alone, {@code EV_EOF} is a half-close if it is a socket and a hang-up if it is a pipe.
     */
    @Override
    public Set<Capability> capabilities() {
        return withChannels(EnumSet.of(
                Capability.DESCRIPTORS,
                Capability.EDGE,
                Capability.NANOSECOND_TIMEOUTS,
                Capability.CONSTANT_TIME,
                Capability.POLLABLE));
    }

    @Override
    public Availability availability() {
        return isSupported()
                ? Probe.RESULT
                : Availability.unavailable(
                        "no such system call here: kqueue(2) is on macOS and the BSDs; this is " + Abi.OS);
    }

    @Override
    Backend openUnchecked(BackendOptions options) throws IOException {
        return KqueueBackend.open(options);
    }

    /** Computed once: a class that failed to initialise reports its cause only the first time. */
    private static final class Probe {

        static final Availability RESULT = probe(new KqueueBackendProvider());
    }
}
