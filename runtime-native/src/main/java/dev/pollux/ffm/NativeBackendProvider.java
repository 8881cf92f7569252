package dev.pollux.ffm;

import dev.pollux.Availability;
import dev.pollux.BackendUnavailableException;
import dev.pollux.Capability;
import dev.pollux.ffm.internal.ChannelFds;
import dev.pollux.ffm.internal.SelfTest;
import dev.pollux.ffm.sys.Abi;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What every provider in this module does alike: it returns descriptors of channels, and names missing JVM flags. */
abstract class NativeBackendProvider implements BackendProvider {

    /** Returns whether this system has the calls. Makes none of them. */
    abstract boolean isSupported();

    /** Adds {@link Capability#JAVA_CHANNELS} if the flag for it is there, see {@link #remedy}. */
    static Set<Capability> withChannels(Set<Capability> capabilities) {
        if (ChannelFds.areKnown()) {
            capabilities.add(Capability.JAVA_CHANNELS);
        }
        return capabilities;
    }

    /** Opens a backend without asking whether it works here. */
    abstract Backend openUnchecked(BackendOptions options) throws IOException;

    @Override
    public Backend open(BackendOptions options) throws IOException {
        if (availability() instanceof Availability.Unavailable unavailable) {
            throw new BackendUnavailableException(
                    "backend " + name() + " is unavailable: " + unavailable.reason(), unavailable.cause());
        }
        return openUnchecked(options);
    }

    /** Returns −1 without the flag that {@link #remedy} names. */
    @Override
    public int descriptor(SelectableChannel channel) {
        return ChannelFds.fd(channel);
    }

    @Override
    public Optional<String> remedy(Capability missing) {
        if (missing != Capability.JAVA_CHANNELS || !isSupported()) {
            return Optional.empty();
        }
        return Optional.of("start the JVM with --add-exports java.base/sun.nio.ch=" + module() + " " + nativeAccess());
    }

    /** Tries {@code provider} out, and names the flag if it is that what is missing. */
    static Availability probe(NativeBackendProvider provider) {
        Availability result = Availability.of(new Trial(provider));
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
        // With the first backend that is tried, the calls of all of them fail to link for good.
        return failure instanceof NoClassDefFoundError
                && !NativeBackendProvider.class.getModule().isNativeAccessEnabled();
    }

    private static String nativeAccess() {
        return "--enable-native-access=" + module();
    }

    private static String module() {
        Module module = NativeBackendProvider.class.getModule();
        return module.isNamed() ? module.getName() : "ALL-UNNAMED";
    }

    private record Trial(NativeBackendProvider provider) implements Availability.Probe, SelfTest.Opener {

        @Override
        public void run() throws Exception {
            SelfTest.run(Abi.LINUX, this);
        }

        @Override
        public Backend open(BackendOptions options) throws IOException {
            return provider.openUnchecked(options);
        }
    }
}
