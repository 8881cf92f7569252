package dev.pollux;

import java.util.Set;

/**
 * One backend that discovery found, or the reason why something it found is none.
 *
 * @param name the backend's name; the provider's class name if it is broken
 * @param priority its rank; higher is taken first
 * @param capabilities what it can do in this JVM
 * @param availability whether it can be opened here
 * @param provider the provider's class
 * @param verdict whether {@link Selectors#open()} takes it, and if not, why
 */
public record BackendCandidate(
        String name,
        int priority,
        Set<Capability> capabilities,
        Availability availability,
        String provider,
        String verdict) {

    /** Returns whether the backend can be opened. */
    public boolean isAvailable() {
        return availability instanceof Availability.Available;
    }
}
