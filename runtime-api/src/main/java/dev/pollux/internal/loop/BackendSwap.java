package dev.pollux.internal.loop;

import dev.pollux.EventSelector;
import dev.pollux.NanoClock;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes on with another backend.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class BackendSwap {

    private static final Logger log = LoggerFactory.getLogger(Failures.LOGGER);

    private final LoopInfo loop;
    private final EventSelector selector;
    private final NanoClock clock;

    BackendSwap(LoopInfo loop, EventSelector selector, NanoClock clock) {
        this.loop = loop;
        this.selector = selector;
        this.clock = clock;
    }

    /** Swaps, and completes {@code swapped} with what comes of it. */
    void to(String backend, CompletableFuture<Void> swapped) {
        String from = loop.backend();
        long start = clock.nanoTime();
        try {
            selector.swap(backend);
        } catch (Throwable e) {
            JfrEvents.swap(loop.name, from, backend, clock.nanoTime() - start, e);
            swapped.completeExceptionally(e);
            return;
        }
        loop.swapped(selector.backend());
        JfrEvents.swap(loop.name, from, backend, clock.nanoTime() - start, null);
        log.debug("{} swapped backend={} to backend={}", loop.name, from, backend);
        swapped.complete(null);
    }
}
