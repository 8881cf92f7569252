package dev.pollux.ffm.sys;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** stdlib.h: memory that any thread may use and free. */
public final class Stdlib {

    // void *calloc(size_t nmemb, size_t size);
    private static final MethodHandle CALLOC = Libc.callWithoutErrno("calloc", Libc.SHAPE);

    // void free(void *ptr);
    private static final MethodHandle FREE = Libc.callWithoutErrno("free", Libc.SHAPE);

    private Stdlib() {}

    /**
     * Returns zeroed memory, aligned for any type. Unlike an arena's, it is not guarded: nothing keeps a use after
     * {@link #free} from happening.
     *
     * @throws OutOfMemoryError if there is none left
     */
    @SuppressWarnings("restricted") // C gives an address; its size is known here only.
    public static MemorySegment calloc(long bytes) {
        long address;
        try {
            address = (long) CALLOC.invokeExact(1L, bytes, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
        if (address == 0) {
            throw new OutOfMemoryError("calloc has no " + bytes + " bytes left");
        }
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    public static void free(MemorySegment block) {
        try {
            // It returns nothing: what is in the register of results then, is no one's.
            long ignored = (long) FREE.invokeExact(block.address(), 0L, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
