package dev.pollux;

import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a backend must be able to do, and which ones to leave out, when {@link Selectors} chooses.
 *
 * @param capabilities what the backend must have
 * @param avoided names of backends not to take
 */
public record Requirements(Set<Capability> capabilities, Set<String> avoided) {

    /** Copies both sets. */
    public Requirements {
        capabilities = capabilities.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(capabilities));
        avoided = Set.copyOf(avoided);
    }

    /** Returns requirements that any backend meets. */
    public static Requirements none() {
        return new Requirements(Set.of(), Set.of());
    }

    /** Returns requirements met by the backends that have all of {@code capabilities}. */
    public static Requirements of(Capability... capabilities) {
        return new Requirements(Set.of(capabilities), Set.of());
    }

    /** Returns these requirements with the named backends left out as well. */
    public Requirements avoiding(String... names) {
        Set<String> all = new LinkedHashSet<>(avoided);
        all.addAll(List.of(names));
        return new Requirements(capabilities, all);
    }
}
