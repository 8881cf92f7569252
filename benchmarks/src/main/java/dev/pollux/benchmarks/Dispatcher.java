package dev.pollux.benchmarks;

import java.io.Closeable;
import java.nio.channels.DatagramChannel;

/**
 * Something that watches sources for reading and does an action with each that is ready. Which one it is, is given by the
 * name of a side: see {@link Dispatchers}.
 *
 * <p><b>Thread:</b> the one that waits.
 */
public interface Dispatcher extends Closeable {

    /** Watches one more. */
    void watch(DatagramChannel source) throws Exception;

    /** Waits until something is ready, and does the action with all that is. */
    void turn() throws Exception;
}
