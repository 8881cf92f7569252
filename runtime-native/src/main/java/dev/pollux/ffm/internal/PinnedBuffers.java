package dev.pollux.ffm.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of the operations in flight, by slot. A buffer that is pinned stays reachable, and with it its memory.
 *
 * <p>A buffer that is not pinned is not kept.
 */
final class PinnedBuffers {

    /** How the JDK represents lifetimes that end with the last reference, or never. */
    private static final Set<Class<?>> BY_REACHABILITY;

    static {
        Class<?> own = lifetime(ByteBuffer.allocateDirect(1));
        Class<?> automatic = Arena.ofAuto().allocate(1).scope().getClass();
        Class<?> global = Arena.global().scope().getClass();
        Set<Class<?>> all = new HashSet<>(Set.of(own));
        all.add(automatic);
        all.add(global);
        try (Arena shared = Arena.ofShared();
                Arena confined = Arena.ofConfined()) {
            all.remove(shared.scope().getClass());
            all.remove(confined.scope().getClass());
        }
        BY_REACHABILITY = Set.copyOf(all);
    }

    private @Nullable ByteBuffer[] pinned = new ByteBuffer[64];
    private final BufferAddresses addresses = new BufferAddresses();
    private boolean held;

    /**
     * Keeps a buffer until {@link #unpin}. Returns the address of its first byte, whatever its position is.
     *
     * @throws UnsupportedOperationException if its memory can be freed while the buffer is reachable
     * @throws IOException if it is on the heap
     */
    long pin(int slot, ByteBuffer buffer) throws IOException {
        if (slot >= pinned.length) {
            pinned = Arrays.copyOf(pinned, Slots.grown(pinned.length, slot));
        }
        long address = addresses.get(buffer);
        if (address == 0) {
            address = address(buffer);
            addresses.put(buffer, address);
        }
        if (!held) {
            KernelMemory.hold(this);
            held = true;
        }
        pinned[slot] = buffer;
        return address;
    }

    void unpin(int slot) {
        if (slot < pinned.length) {
            pinned[slot] = null;
        }
    }

    /** The kernel is done with all of them. */
    void release() {
        KernelMemory.release(this);
    }

    private static long address(ByteBuffer buffer) throws IOException {
        if (!buffer.isDirect()) {
            throw new IOException(
                    buffer + " is on the heap, where the kernel cannot reach it; use ByteBuffer.allocateDirect");
        }
        if (!BY_REACHABILITY.contains(lifetime(buffer))) {
            throw new UnsupportedOperationException(buffer
                    + " is memory of an arena that can be closed while the kernel uses it; use"
                    + " ByteBuffer.allocateDirect, or Arena.ofAuto");
        }
        return all(buffer).address();
    }

    private static Class<?> lifetime(ByteBuffer buffer) {
        return all(buffer).scope().getClass();
    }

    /** Whatever the position and the limit are now. */
    private static MemorySegment all(ByteBuffer buffer) {
        return MemorySegment.ofBuffer(buffer.duplicate().clear());
    }
}
