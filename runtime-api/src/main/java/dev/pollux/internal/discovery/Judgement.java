package dev.pollux.internal.discovery;

import dev.pollux.Availability;
import dev.pollux.BackendCandidate;
import dev.pollux.Capability;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is said of one backend.
 *
 * @param availability null if it was not tried out
 * @param remedy what the user can do about the verdict; empty if there is nothing
 */
record Judgement(
        String name,
        int priority,
        Set<Capability> capabilities,
        @Nullable Availability availability,
        String provider,
        String verdict,
        String remedy) {

    /** Returns it as the API has it; it must have been tried out. */
    BackendCandidate candidate() {
        return new BackendCandidate(
                name,
                priority,
                capabilities,
                Objects.requireNonNull(availability),
                provider,
                verdict + withRemedy(remedy));
    }

    /** Returns {@code remedy} as the end of a sentence. */
    static String withRemedy(String remedy) {
        return remedy.isEmpty() ? "" : "; " + remedy;
    }
}
