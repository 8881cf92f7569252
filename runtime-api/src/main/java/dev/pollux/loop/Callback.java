package dev.pollux.loop;

import dev.pollux.SelectorKey;
import java.io.IOException;

/** What to do when a source is ready. */
@FunctionalInterface
public interface Callback {

    /**
     * Handles readiness. May register, modify, cancel, schedule, execute and stop; should not block, because nothing
     * else of the loop runs meanwhile.
     *
     * <p><b>Thread:</b> the loop thread.
     *
     * @param key the registration's key; {@link Registration#of} gives its handle
     * @param ready {@link dev.pollux.Events} bits as in {@link dev.pollux.Ready#ready}
     * @throws IOException goes to the loop's failure handler, like anything unchecked
     */
    void onReady(SelectorKey key, int ready) throws IOException;
}
