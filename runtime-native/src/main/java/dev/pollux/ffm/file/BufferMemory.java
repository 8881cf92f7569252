package dev.pollux.ffm.file;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Where the bytes of a direct buffer are, as calls take it: a base and the offset of the buffer's first byte. Most buffers
 * own their memory, which lives as long as they are reachable; then the base is {@link MemorySegment#NULL} and the offset an
 * address. Others are a part of an arena's memory, which any thread may close; then the base is the arena's segment, which
 * guards it.
 *
 * <p>One object and never changed, so that threads that use a file at once each have all of their own buffer.
 */
final class BufferMemory {

    /** How the JDK represents the lifetime of what a buffer owns. */
    private static final Class<?> OF_BUFFERS = lifetime(ByteBuffer.allocateDirect(1));

    /** Whether that is another way than for what can be closed. */
    private static final boolean DISTINCT;

    static {
        try (Arena shared = Arena.ofShared();
                Arena confined = Arena.ofConfined()) {
            DISTINCT = OF_BUFFERS != lifetime(shared.allocate(1).asByteBuffer())
                    && OF_BUFFERS != lifetime(confined.allocate(1).asByteBuffer());
        }
    }

    /** Of no buffer. */
    static final BufferMemory NONE = new BufferMemory(ByteBuffer.allocateDirect(0));

    private final ByteBuffer buffer;
    private final MemorySegment base;
    private final long offset;

    private BufferMemory(ByteBuffer buffer) {
        this.buffer = buffer;
        boolean own = isOwn(buffer);
        base = own ? MemorySegment.NULL : all(buffer);
        offset = own ? all(buffer).address() : 0;
    }

    /** Returns where the bytes of {@code wanted} are: this if it is about that buffer. */
    BufferMemory of(ByteBuffer wanted) {
        return buffer == wanted ? this : new BufferMemory(wanted);
    }

    MemorySegment base() {
        return base;
    }

    /** Returns the offset of the byte that the buffer's position is at. */
    long atPosition() {
        return offset + buffer.position();
    }

    private static boolean isOwn(ByteBuffer buffer) {
        return DISTINCT && lifetime(buffer) == OF_BUFFERS;
    }

    private static Class<?> lifetime(ByteBuffer buffer) {
        return all(buffer).scope().getClass();
    }

    /** Whatever the position and the limit are now. */
    private static MemorySegment all(ByteBuffer buffer) {
        return MemorySegment.ofBuffer(buffer.duplicate().clear());
    }
}
