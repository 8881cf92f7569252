package dev.pollux.stream;

import java.io.IOException;
import java.nio.ByteBuffer;

/** What to do with a frame. */
@FunctionalInterface
public interface Frame {

    /**
     * Takes a whole frame, from the position of {@code bytes} to its limit. The buffer is lent until this returns.
     *
     * @throws IOException passes to the one that has received the bytes
     */
    void frame(ByteBuffer bytes) throws IOException;
}
