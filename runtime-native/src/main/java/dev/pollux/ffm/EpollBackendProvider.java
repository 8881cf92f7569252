package dev.pollux.ffm;

import dev.pollux.BackendUnavailableException;
import dev.pollux.Capability;
import dev.pollux.ffm.internal.ChannelFds;
import dev.pollux.ffm.internal.EpollBackend;
import dev.pollux.ffm.internal.EpollProbe;
import dev.pollux.ffm.sys.Abi;
import dev.pollux.spi.Availability;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Offers {@code epoll(7)} to {@link java.util.ServiceLoader}. Linux only. */
public final class EpollBackendProvider implements BackendProvider {

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
                Capability.CONSTANT_TIME);
        if (ChannelFds.areKnown()) {
            capabilities.add(Capability.JAVA_CHANNELS);
        }
        if (Abi.isLinuxAtLeast(5, 11)) {
            capabilities.add(Capability.NANOSECOND_TIMEOUTS);
        }
        return capabilities;
    }

    @Override
    public Availability availability() {
        return Abi.LINUX ? Probe.RESULT : Availability.unavailable("Linux only; this is " + Abi.OS);
    }

    @Override
    public Backend open() throws IOException {
        if (availability() instanceof Availability.Unavailable unavailable) {
            throw new BackendUnavailableException(
                    "backend epoll is unavailable: " + unavailable.reason(), unavailable.cause());
        }
        return EpollBackend.open();
    }

    /** Returns −1 without the flag that {@link #remedy} names. */
    @Override
    public int descriptor(SelectableChannel channel) {
        return ChannelFds.fd(channel);
    }

    @Override
    public Optional<String> remedy(Capability missing) {
        if (missing != Capability.JAVA_CHANNELS || !Abi.LINUX) {
            return Optional.empty();
        }
        return Optional.of("start the JVM with --add-exports java.base/sun.nio.ch=" + module() + " " + nativeAccess());
    }

    private static String nativeAccess() {
        return "--enable-native-access=" + module();
    }

    private static String module() {
        Module module = EpollBackendProvider.class.getModule();
        return module.isNamed() ? module.getName() : "ALL-UNNAMED";
    }

    /** Computed once: a class that failed to initialise tells its cause only the first time. */
    private static final class Probe {

        static final Availability RESULT = explained(Availability.of(EpollProbe::run));

        private static Availability explained(Availability result) {
            if (result instanceof Availability.Unavailable unavailable && isDenial(unavailable.cause())) {
                return new Availability.Unavailable(
                        "the JVM denies native access; start it with " + nativeAccess(), unavailable.cause());
            }
            return result;
        }

        private static boolean isDenial(@Nullable Throwable failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof IllegalCallerException) {
                    return true;
                }
            }
            return false;
        }
    }
}
