package dev.pollux.frameworks;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.Selectors;
import java.util.List;

/** The backends that watch descriptors and run here. */
public final class Backends {

    private Backends() {}

    public static List<String> names() {
        return Selectors.backends().stream()
                .filter(backend -> backend.availability() instanceof Availability.Available)
                .filter(backend -> backend.capabilities().contains(Capability.DESCRIPTORS))
                .map(backend -> backend.name())
                .toList();
    }
}
