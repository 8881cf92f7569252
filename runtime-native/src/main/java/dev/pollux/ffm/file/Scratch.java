package dev.pollux.ffm.file;

import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Stdlib;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * What the calls on one file write to: an error number, and room for an argument. It is the C library's memory and no
 * arena's, see {@code docs/decisions/0008-memory-of-native-files.md}; {@link NativeFile} ensures that no one uses it
 * when it is freed.
 */
final class Scratch {

    /** Keeps the room aligned for any type. */
    private static final long ERRNO_BYTES = 16;

    private final MemorySegment block;
    private final Errno errno;
    private final MemorySegment room;

    Scratch(long roomBytes) {
        block = Stdlib.calloc(ERRNO_BYTES + roomBytes);
        errno = new Errno(SegmentAllocator.prefixAllocator(block));
        room = block.asSlice(ERRNO_BYTES);
    }

    Errno errno() {
        return errno;
    }

    MemorySegment room() {
        return room;
    }

    void free() {
        Stdlib.free(block);
    }
}
