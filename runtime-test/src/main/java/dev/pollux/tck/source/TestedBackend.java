package dev.pollux.tck.source;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.NanoClock;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What the tests have to know about the backend that they test. Written down in a {@code Subject}. */
public interface TestedBackend {

    /** Returns the provider of the backend. */
    BackendProvider provider();

    /** Returns the means to make descriptors, if there are any. */
    Optional<Descriptors> descriptors();

    /** Returns whether the tests watch Java channels where either would do. */
    boolean isOnChannels();

    /** Returns the time after which something that must come is missed. */
    Duration patience();

    /** Returns how many sources one wait reports at most. */
    int batchLimit();

    /** Returns what stands beside its name in a report; may be empty. */
    String remark();

    /** Returns what makes the sources that the kit does not know itself, by what they are. */
    Map<String, SourceFactory> sources();

    /** Opens a selector on a backend of {@code provider}, which is {@link #provider} or wraps it. */
    EventSelector open(BackendProvider provider) throws IOException;

    /** Returns the clock for a loop that is to run by {@code sound}. */
    NanoClock clock(NanoClock sound);

    /** Returns whether the backend has {@code capability}. */
    default boolean has(Capability capability) {
        return provider().capabilities().contains(capability);
    }

    /**
     * Returns what makes sources for the tests: descriptors if the backend watches them and there are the means to make
     * some, Java channels otherwise.
     *
     * @throws IllegalArgumentException if it watches descriptors only and there are no means to make them
     */
    default TestSources newSources() {
        if (has(Capability.DESCRIPTORS) && !isOnChannels()) {
            return TestSources.ofDescriptors(descriptors().orElseThrow());
        }
        if (!has(Capability.JAVA_CHANNELS)) {
            throw new IllegalArgumentException(
                    this + " watches no Java channels; give it Subject.withDescriptors(...)");
        }
        return TestSources.ofChannels();
    }
}
