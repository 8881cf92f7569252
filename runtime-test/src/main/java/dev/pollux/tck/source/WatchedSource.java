package dev.pollux.tck.source;

import dev.pollux.Events;
import java.io.IOException;

/**
 * A source that a backend watches, and what makes it ready.
 *
 * <p>Only the first methods are needed. What a kind of source does not have, such as an end, it leaves as it is here, and
 * it is then not tested for.
 *
 * <p><b>Thread:</b> one at a time.
 */
public interface WatchedSource extends AutoCloseable {

    /** Returns the object to register, always the same. */
    Object fileobj();

    /** Gives the source one more thing to take. */
    void makeReadable() throws IOException;

    /** Takes everything that is there, so that it is no longer ready to be read. */
    void drain() throws IOException;

    /** Closes the source alone. */
    void closeSource() throws IOException;

    /** Returns whether it is ready for every one of its directions at any time, as files are. */
    default boolean isAlwaysReady() {
        return false;
    }

    /** Returns the {@link Events} that it can be ready for: READ, and WRITE if it always has room for a little. */
    default int directions() {
        return Events.READ;
    }

    /** Ends what the other end sends and keeps it able to receive. Returns false if this kind cannot. */
    default boolean endPeerOutput() throws IOException {
        return false;
    }

    /** Closes the other end, so that the source has an end to be read. Returns false if this kind has no such thing. */
    default boolean closePeer() throws IOException {
        return false;
    }

    /** Closes everything that belongs to it, however much of that is closed already. */
    @Override
    void close() throws IOException;
}
