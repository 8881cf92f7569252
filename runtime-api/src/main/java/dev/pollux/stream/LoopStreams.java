package dev.pollux.stream;

import dev.pollux.internal.loop.LoopCore;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of a loop share: memory for what waits to be sent, and that they end with the loop.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class LoopStreams {

    /** Two sizes, so that thousands of connections with a short message each do not take the memory of as many long ones. */
    static final int SMALL = 2 * 1024;

    static final int LARGE = 16 * 1024;

    /** How many bytes are kept of each size when no one uses them. */
    private static final int KEPT_BYTES = 16 * 1024 * 1024;

    private final Spare small = new Spare(SMALL);
    private final Spare large = new Spare(LARGE);
    private final Set<Object> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Consumer<Object> end;

    private LoopStreams(LoopCore core, Consumer<Object> end) {
        this.end = end;
        core.alsoEnd(this::end);
    }

    /** @param end ends one of those that {@link #opened} was called for */
    static LoopStreams of(LoopCore core, Consumer<Object> end) {
        return core.shared(LoopStreams.class, () -> new LoopStreams(core, end));
    }

    void opened(Object connection) {
        open.add(connection);
    }

    void closed(Object connection) {
        open.remove(connection);
    }

    private void end() {
        List.copyOf(open).forEach(end);
    }

    /** Returns an empty chunk for {@code bytes} of them, or the first ones of more. */
    Chunk take(int bytes) {
        return (bytes <= SMALL ? small : large).take();
    }

    void giveBack(Chunk chunk) {
        (chunk.buffer.capacity() == SMALL ? small : large).add(chunk);
    }

    private static final class Spare {

        private final int size;
        private @Nullable Chunk first;
        private int count;

        Spare(int size) {
            this.size = size;
        }

        Chunk take() {
            Chunk chunk = first;
            if (chunk == null) {
                return new Chunk(ByteBuffer.allocateDirect(size), null);
            }
            first = chunk.next;
            chunk.next = null;
            count--;
            chunk.buffer.clear();
            return chunk;
        }

        void add(Chunk chunk) {
            if (count < KEPT_BYTES / size) {
                chunk.next = first;
                first = chunk;
                count++;
            }
        }
    }
}
