package dev.pollux.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Learns that a buffer is its owner's again. */
@FunctionalInterface
public interface Sent {

    /**
     * Takes back {@code bytes}. Called once for each buffer that was taken over.
     *
     * <p><b>Thread:</b> the loop thread, never inside {@link Connection#send}.
     *
     * @param bytes its position says how many of them the kernel has taken
     * @param failure why those are not all, or null
     */
    void sent(Connection connection, ByteBuffer bytes, @Nullable Throwable failure);
}
