package dev.pollux.spi;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A listener, as operations use it.
 *
 * @param <C> the type of its connections
 */
public interface ConnectionSource<C extends Closeable> {

    /**
     * Returns the next connection, ready for a loop, or null if none waits.
     *
     * @throws IOException if none can be taken now
     */
    @Nullable
    C accept() throws IOException;

    /**
     * Returns the connection of a descriptor that a {@link CompletionBackend} has accepted, which owns the descriptor from
     * now on.
     *
     * @throws IOException if that fails; the descriptor is closed then
     */
    C accepted(int fd) throws IOException;
}
