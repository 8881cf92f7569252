package dev.pollux.tck;

import dev.pollux.EventSelector;
import dev.pollux.NanoClock;
import dev.pollux.spi.BackendProvider;
import java.util.function.UnaryOperator;

/** Makes subjects with a fault above the backend, where a provider of one's own does not reach. */
public final class FaultySubject {

    private FaultySubject() {}

    /**
     * Returns {@code sound} with a fault.
     *
     * @param provider what the selector sees of the provider
     * @param selector what the tests see of the selector
     * @param clock what a loop sees of the clock
     */
    public static Subject of(
            Subject sound,
            UnaryOperator<BackendProvider> provider,
            UnaryOperator<EventSelector> selector,
            UnaryOperator<NanoClock> clock) {
        return sound.mutated(new Subject.Mutated(provider, selector, clock));
    }
}
