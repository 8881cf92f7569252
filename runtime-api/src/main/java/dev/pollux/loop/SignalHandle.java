package dev.pollux.loop;

/**
 * A task that runs on a loop when a signal arrives, until this is closed.
 *
 * <p><b>Thread:</b> any.
 */
public interface SignalHandle extends AutoCloseable {

    /** Stops it; who handled the signal before does so again. Does nothing the second time. */
    @Override
    void close();
}
