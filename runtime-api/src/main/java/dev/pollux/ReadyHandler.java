package dev.pollux;

import java.io.IOException;

/** Receives what a select reports, one call per ready key. */
@FunctionalInterface
public interface ReadyHandler {

    /**
     * Handles one ready key. May register, modify, unregister, wake up, swap and close; may not select.
     *
     * <p><b>Thread:</b> the one that selects.
     *
     * @param ready {@link Events} bits as in {@link Ready#ready}
     * @throws IOException passed on to the caller of the select; level-triggered events that were not delivered come
     *     again with the next one, edge-triggered ones are kept for it
     */
    void onReady(SelectorKey key, int ready) throws IOException;
}
