package dev.pollux.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A buffer in a queue: one of the loop's, with copies, or one that was taken over. */
final class Chunk {

    ByteBuffer buffer;

    /** Who gets the buffer back, null if it is the loop's. */
    @Nullable
    Sent then;

    @Nullable
    Chunk next;

    Chunk(ByteBuffer buffer, @Nullable Sent then) {
        this.buffer = buffer;
        this.then = then;
    }

    /** Copies what fits of {@code from}. */
    void fill(ByteBuffer from) {
        int count = Math.min(from.remaining(), buffer.remaining());
        int limit = from.limit();
        from.limit(from.position() + count);
        buffer.put(from);
        from.limit(limit);
    }
}
