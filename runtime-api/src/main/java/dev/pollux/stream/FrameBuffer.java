package dev.pollux.stream;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The beginning of a frame that came in parts. Grows as it has to, and is kept for the next one. */
final class FrameBuffer {

    private static final int FIRST_BYTES = 256;

    private ByteBuffer begun = ByteBuffer.allocate(0);

    int size() {
        return begun.position();
    }

    /** Adds the next {@code count} bytes of {@code from}. */
    void add(ByteBuffer from, int count) {
        if (begun.remaining() < count) {
            int size = Math.max(FIRST_BYTES, Math.max(begun.position() + count, begun.capacity() * 2));
            begun = ByteBuffer.wrap(Arrays.copyOf(begun.array(), size)).position(begun.position());
        }
        int limit = from.limit();
        from.limit(from.position() + count);
        begun.put(from);
        from.limit(limit);
    }

    /** Returns what was added, without its last {@code cut} bytes, for the frame; {@link #clear} follows. */
    ByteBuffer frame(int cut) {
        begun.flip();
        return begun.limit(begun.limit() - cut);
    }

    byte last() {
        return begun.get(begun.position() - 1);
    }

    void clear() {
        begun.clear();
    }
}
