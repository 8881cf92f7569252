package dev.pollux.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What to do with a {@link Connection}; one object for each, or the same one for all.
 *
 * <p>What a method throws closes its connection and no other: an {@link IOException} is the reason that {@link #onClosed}
 * gets and no more, anything unchecked goes to the loop's failure handler as well.
 *
 * <p><b>Thread:</b> the methods are called on the loop thread and should not block.
 */
@FunctionalInterface
public interface ConnectionHandler {

    /**
     * Takes what was received, from the position of {@code bytes} to its limit. The buffer is lent: it may be read and changed
     * until this returns, and is another one's after that. {@link Connection#send} copies what it cannot send at once.
     */
    void onReceive(Connection connection, ByteBuffer bytes) throws IOException;

    /** The peer sends no more. By default {@link Connection#closeWhenFlushed}; a peer that has ended its output may still read. */
    default void onEnd(Connection connection) throws IOException {
        connection.closeWhenFlushed();
    }

    /**
     * More bytes wait to be sent than {@link StreamOptions#highWater}: what produces them should stop. Called once, until
     * {@link #onLowWater}; may be called inside {@link Connection#send}. Receiving is paused besides, unless the options say
     * otherwise.
     */
    default void onHighWater(Connection connection) throws IOException {}

    /** No more bytes wait to be sent than {@link StreamOptions#lowWater}, after {@link #onHighWater}. */
    default void onLowWater(Connection connection) throws IOException {}

    /**
     * The server ends: see {@link StreamServer#stop}. By default {@link Connection#closeWhenFlushed}; where an answer is still to
     * come, do that after it.
     */
    default void onStop(Connection connection) throws IOException {
        connection.closeWhenFlushed();
    }

    /**
     * The connection is closed, and its descriptor with it. Called once for each connection, last, and never inside a method of
     * it. At the end of the loop, on the thread that ends it.
     *
     * @param reason what it failed with; null if it was closed by this side's own will, such as {@link Connection#close}
     */
    default void onClosed(Connection connection, @Nullable Throwable reason) {}
}
