package dev.pollux.examples;

import dev.pollux.BackendCandidate;
import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Selectors;
import java.io.IOException;
import java.util.stream.Stream;

/** What the tests run on. */
final class Backends {

    private Backends() {}

    /** Returns the names of the backends that can serve sockets here. */
    static Stream<String> usable() {
        return Selectors.backends().stream()
                .filter(candidate ->
                        candidate.isAvailable() && candidate.capabilities().contains(Capability.JAVA_CHANNELS))
                .map(BackendCandidate::name);
    }

    /** Returns the name of the backend that is taken by default. */
    static String best() throws IOException {
        try (EventSelector selector = Selectors.open()) {
            return selector.backend();
        }
    }
}
