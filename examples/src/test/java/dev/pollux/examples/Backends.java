package dev.pollux.examples;

import dev.pollux.BackendCandidate;
import dev.pollux.Capability;
import dev.pollux.Selectors;
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
}
