package dev.pollux.ffm.sys;

import java.lang.foreign.MemorySegment;

/** sys/mman.h: memory that the kernel gives and takes back at once. */
public final class Mman {

    // void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset);
    private static final Syscall MMAP = Syscall.of("mmap", 9, 222);

    // int munmap(void *addr, size_t length);
    private static final Syscall MUNMAP = Syscall.of("munmap", 11, 215);

    private static final int PROT_READ_WRITE =
            0x1 | 0x2; // asm-generic/mman-common.h; sys/mman.h of the others, the same
    private static final int MAP_PRIVATE_ANONYMOUS = 0x2 | anonymousOf(Abi.OS);

    private static final int MAP_SHARED_POPULATE = 0x1 | 0x8000; // linux/mman.h, asm-generic/mman-common.h

    private Mman() {}

    /** asm-generic/mman-common.h of Linux; sys/mman.h of the others. */
    static int anonymousOf(String os) {
        return switch (os) {
            case "Linux" -> 0x20;
            case "SunOS" -> 0x100;
            default -> 0x1000; // macOS and the BSDs
        };
    }

    /** Returns the address of zeroed memory, where a page begins; −1 if refused. */
    public static long map(long bytes) {
        return MMAP.call(0, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
    }

    /** Maps like {@link #map(long)} after that was refused. Returns a negated error number if it is refused again. */
    public static long map(long bytes, Errno errno) {
        long address = MMAP.repeat(errno, 0, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
        return address == -1 ? errno.orNegated(-1) : address;
    }

    /**
     * Maps memory of {@code fd}, shared with the kernel. Linux. Returns its address, or a negated error number.
     *
     * @param offset which memory
     */
    public static long mapShared(int fd, long offset, long bytes, Errno errno) {
        long address = MMAP.call(0, bytes, PROT_READ_WRITE, MAP_SHARED_POPULATE, fd, offset);
        if (address == -1) {
            address = MMAP.repeat(errno, 0, bytes, PROT_READ_WRITE, MAP_SHARED_POPULATE, fd, offset);
        }
        return address == -1 ? errno.orNegated(-1) : address;
    }

    /** Returns the memory at an address, which nothing guards: a use after {@link #unmap} may end the JVM. */
    @SuppressWarnings("restricted") // The kernel gave the address; the size is known here only.
    public static MemorySegment at(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    /** Gives memory back. */
    public static void unmap(MemorySegment memory) {
        MUNMAP.call(memory.address(), memory.byteSize(), 0, 0, 0, 0);
    }
}
