package dev.pollux.ffm.bridge;

import dev.pollux.Availability;
import dev.pollux.BackendCandidate;
import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.RegistrationException;
import dev.pollux.Selectors;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.IdentityHashMap;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.nio.ch.SelectionKeyImpl;

/**
 * The keys as the selector underneath knows them.
 *
 * <p><b>Thread:</b> the one whose turn it is, see {@link Turns}.
 */
final class WatchedKeys {

    private static final Logger log = LoggerFactory.getLogger(PolluxSelectorProvider.class);
    private static final Set<Capability> NEEDED = Set.of(Capability.DESCRIPTORS, Capability.JAVA_CHANNELS);

    private final EventSelector selector;
    private final IdentityHashMap<SelectionKey, Watched> watched = new IdentityHashMap<>();

    WatchedKeys(EventSelector selector) {
        this.selector = selector;
    }

    /**
     * Watches a valid key for what it asks for now.
     *
     * @throws IOException if no backend can
     */
    void apply(SelectionKeyImpl key) throws IOException {
        Watched source = watched.get(key);
        int wanted = Watched.wanted(key);
        if (source == null) {
            if (wanted != 0) {
                source = new Watched(key);
                register(source, wanted);
                watched.put(key, source);
            }
        } else if (source.asked != wanted) {
            selector.modify(source, Watched.toEvents(wanted));
            source.asked = wanted;
        } else if (wanted != 0 && key.channel() instanceof DatagramChannel) {
            // The JDK asks for it after a disconnect: some kernels forget a socket then.
            selector.unregister(source);
            watched.remove(key);
            apply(key);
        }
    }

    private void register(Watched source, int wanted) throws IOException {
        source.asked = wanted;
        int events = Watched.toEvents(wanted);
        try {
            selector.register(source, events);
        } catch (IOException | RegistrationException e) {
            if (!registerElsewhere(source, events, e)) {
                throw e;
            }
        }
    }

    /** Moves to a backend that can watch {@code source}. The JDK's selectors have no limit that select(2) has. */
    private boolean registerElsewhere(Watched source, int events, Exception reason) {
        String from = selector.backend();
        for (BackendCandidate candidate : Selectors.backends()) {
            String to = candidate.name();
            if (to.equals(from)
                    || !(candidate.availability() instanceof Availability.Available)
                    || !candidate.capabilities().containsAll(NEEDED)) {
                continue;
            }
            try {
                selector.swap(to);
                selector.register(source, events);
                log.warn("a selector moved from backend {} to {}, because {}", from, to, reason.toString());
                return true;
            } catch (IOException | RegistrationException e) {
                reason.addSuppressed(e);
            }
        }
        return false;
    }

    /** Watches a key no more; does nothing if it was not watched. */
    void remove(SelectionKey key) {
        Watched source = watched.remove(key);
        if (source != null) {
            source.gone = true;
            selector.unregister(source);
        }
    }

    void clear() {
        watched.clear();
    }
}
