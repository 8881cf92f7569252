package dev.pollux.ffm.bridge;

import dev.pollux.Availability;
import dev.pollux.BackendCandidate;
import dev.pollux.BackendUnavailableException;
import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Requirements;
import dev.pollux.Selectors;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.nio.ch.DefaultSelectorProvider;
import sun.nio.ch.SelectorProviderImpl;

/** Opens the JDK's channels, and selectors over a backend. Its class links only where the JDK's classes are accessible. */
final class BridgeProvider extends SelectorProviderImpl {

    private static final Logger log = LoggerFactory.getLogger(PolluxSelectorProvider.class);

    /** What a selector of channels needs, so the backend over {@code java.nio} is none. */
    private static final Requirements REQUIREMENTS = Requirements.of(Capability.JAVA_CHANNELS, Capability.DESCRIPTORS);

    private final @Nullable String backend;
    private final AtomicBoolean warned = new AtomicBoolean();

    private BridgeProvider(@Nullable String backend) {
        this.backend = backend;
    }

    /**
     * Returns one as what it is to others, so that a class that only may call this links without the flag.
     *
     * @param backend the only one to take, or null for the best
     */
    static SelectorProvider on(@Nullable String backend) {
        return new BridgeProvider(backend);
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
        EventSelector selector;
        try {
            selector = backend == null ? Selectors.open(REQUIREMENTS) : Selectors.open(backend);
        } catch (BackendUnavailableException | IllegalArgumentException e) {
            if (warned.compareAndSet(false, true)) {
                log.warn("selectors are the JDK's own: {}", reason(e));
            }
            return DefaultSelectorProvider.get().openSelector();
        }
        return OpenSelectors.add(new BridgedSelector(this, selector));
    }

    /** One line: what failed with the best backend that belongs to this system, if one of them was to be chosen. */
    private String reason(Exception failure) {
        if (backend == null) {
            for (BackendCandidate candidate : Selectors.backends()) {
                if (candidate.availability() instanceof Availability.Unavailable unavailable
                        && unavailable.cause() != null) {
                    return "backend " + candidate.name() + " is unavailable: " + unavailable.reason();
                }
            }
        }
        return String.valueOf(failure.getMessage());
    }

    @Override
    public @Nullable Channel inheritedChannel() throws IOException {
        return DefaultSelectorProvider.get().inheritedChannel();
    }
}
