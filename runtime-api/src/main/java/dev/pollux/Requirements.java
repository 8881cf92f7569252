package dev.pollux;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What a backend must be able to do, and which ones to leave out, when {@link Selectors} chooses. Immutable; later versions
 * may add further wishes.
 */
public final class Requirements {

    private static final Requirements NONE = new Requirements(Set.of(), Set.of());

    private final Set<Capability> capabilities;
    private final Set<String> avoided;

    private Requirements(Set<Capability> capabilities, Set<String> avoided) {
        this.capabilities =
                capabilities.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(capabilities));
        this.avoided = Set.copyOf(avoided);
    }

    /** Returns requirements that any backend meets. */
    public static Requirements none() {
        return NONE;
    }

    /** Returns requirements met by the backends that have all of {@code capabilities}. */
    public static Requirements of(Capability... capabilities) {
        return NONE.requiring(capabilities);
    }

    /** Returns these requirements with further capabilities that a backend must have. */
    public Requirements requiring(Capability... more) {
        Set<Capability> all = EnumSet.noneOf(Capability.class);
        all.addAll(capabilities);
        all.addAll(Arrays.asList(more));
        return new Requirements(all, avoided);
    }

    /** Returns these requirements with the named backends left out as well. */
    public Requirements avoiding(String... names) {
        Set<String> all = new LinkedHashSet<>(avoided);
        all.addAll(List.of(names));
        return new Requirements(capabilities, all);
    }

    /** Returns what the backend must have. */
    public Set<Capability> capabilities() {
        return capabilities;
    }

    /** Returns the names of the backends that are not taken. */
    public Set<String> avoided() {
        return avoided;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Requirements that
                && capabilities.equals(that.capabilities)
                && avoided.equals(that.avoided);
    }

    @Override
    public int hashCode() {
        return Objects.hash(capabilities, avoided);
    }

    @Override
    public String toString() {
        return "Requirements[capabilities=" + capabilities + ", avoided=" + avoided + "]";
    }
}
