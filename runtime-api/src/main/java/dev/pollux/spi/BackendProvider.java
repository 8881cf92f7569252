package dev.pollux.spi;

import dev.pollux.Availability;
import dev.pollux.Capability;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.Optional;
import java.util.Set;

/**
 * Offers one kind of backend to {@link java.util.ServiceLoader}. Declare it in {@code META-INF/services} and in
 * {@code module-info}, so that it is found on the class path and on the module path.
 *
 * <p>Construction must do nothing, so that a provider that cannot work here does not keep others from being found.
 *
 * <p><b>Thread:</b> any.
 */
public interface BackendProvider {

    /** Returns the backend's name: lower-case letters, digits and underscores, always the same. */
    String name();

    /**
     * Returns its rank; the highest available one that meets the requirements is taken, ties by name. Pollux's own:
     * select 100, poll 200, nio 300, io_uring 350, epoll 400, devpoll 500, kqueue 600.
     */
    int priority();

    /** Returns what its backends can do in this JVM. Makes no native call and does not depend on {@link #availability}. */
    Set<Capability> capabilities();

    /**
     * Returns whether {@link #open} can work here, found out by trying and remembered. Lack of descriptors or memory is
     * not a reason: it passes, so {@code open} reports it.
     */
    Availability availability();

    /**
     * Opens a backend.
     *
     * @param options what the selector wishes; those that do not apply are ignored
     * @throws IOException if a call into the kernel fails; nothing stays open
     */
    Backend open(BackendOptions options) throws IOException;

    /**
     * Returns the descriptor behind a channel, or −1 if this provider does not know it. The number is a fact about
     * the channel, so it does not matter which provider returns it.
     */
    default int descriptor(SelectableChannel channel) {
        return -1;
    }

    /**
     * Returns what the user can do to give this backend a capability it lacks, as a clause such as
     * {@code start the JVM with --some-flag}; empty if nothing would help on this system. Makes no native call.
     */
    default Optional<String> remedy(Capability missing) {
        return Optional.empty();
    }
}
