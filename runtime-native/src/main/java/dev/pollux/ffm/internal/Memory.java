package dev.pollux.ffm.internal;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Mman;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * A block of memory of a backend, handed out piece by piece until it is used up. It belongs to the kernel's side of the
 * process and no arena guards it: a backend frees it when it closes, after which the selector never calls the backend again.
 *
 * <p><b>Threads:</b> one at a time.
 */
final class Memory implements SegmentAllocator {

    /** The smallest page of the systems that Java runs on. A smaller block would not be cheaper. */
    static final long PAGE_BYTES = 4096;

    private MemorySegment block;
    private long used;

    private Memory(MemorySegment block) {
        this.block = block;
    }

    /**
     * Returns zeroed memory.
     *
     * @throws NativeIOException if the kernel gives none
     */
    static Memory of(long bytes) throws NativeIOException {
        long address = Mman.map(bytes);
        return new Memory(Mman.at(address == -1 ? addressOrFailure(bytes) : address, bytes));
    }

    private static long addressOrFailure(long bytes) throws NativeIOException {
        try (Arena arena = Arena.ofConfined()) {
            long result = Mman.map(bytes, new Errno(arena));
            if (result < 0) {
                throw Syscalls.of("mmap", -1, (int) -result);
            }
            return result;
        }
    }

    /** Returns the next piece. */
    @Override
    public MemorySegment allocate(long bytes, long alignment) {
        long start = (used + alignment - 1) & -alignment;
        MemorySegment piece = block.asSlice(start, bytes);
        used = start + bytes;
        return piece;
    }

    /** Returns all of it, instead of pieces. */
    MemorySegment all() {
        return block;
    }

    /** Gives it back. Does nothing the second time. */
    void free() {
        if (block.byteSize() > 0) {
            Mman.unmap(block);
            block = MemorySegment.NULL;
        }
    }
}
