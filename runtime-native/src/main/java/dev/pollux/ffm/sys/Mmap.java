package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** mmap(2) of a descriptor's memory, shared with the kernel. Linux. */
public final class Mmap {

    // void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset);
    private static final MethodHandle MMAP = Libc.call(
            "mmap", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));

    // int munmap(void *addr, size_t length);
    private static final MethodHandle MUNMAP =
            Libc.callWithoutErrno("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));

    private static final int PROT_READ_WRITE = 1 | 2; // asm-generic/mman-common.h
    private static final int MAP_SHARED_POPULATE = 0x1 | 0x8000; // linux/mman.h, asm-generic/mman-common.h

    private static final long MAP_FAILED = -1;

    private Mmap() {}

    /** Maps memory of {@code fd}; {@link MemorySegment#NULL} if that fails, with the number in {@code errno}. */
    @SuppressWarnings("restricted") // C gives an address; its size is known here only.
    public static MemorySegment shared(int fd, long offset, long bytes, Errno errno) {
        MemorySegment mapped;
        try {
            mapped = (MemorySegment) MMAP.invokeExact(
                    errno.state(), MemorySegment.NULL, bytes, PROT_READ_WRITE, MAP_SHARED_POPULATE, fd, offset);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
        return mapped.address() == MAP_FAILED ? MemorySegment.NULL : mapped.reinterpret(bytes);
    }

    /** Returns 0: what was mapped can be unmapped. */
    public static int unmap(MemorySegment mapped) {
        try {
            return (int) MUNMAP.invokeExact(mapped, mapped.byteSize());
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
