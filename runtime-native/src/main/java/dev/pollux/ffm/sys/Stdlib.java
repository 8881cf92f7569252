package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** stdlib.h: memory that any thread may use and free. */
public final class Stdlib {

    // void *calloc(size_t nmemb, size_t size);
    private static final MethodHandle CALLOC =
            Libc.callWithoutErrno("calloc", FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG));

    // void free(void *ptr);
    private static final MethodHandle FREE = Libc.callWithoutErrno("free", FunctionDescriptor.ofVoid(ADDRESS));

    private Stdlib() {}

    /**
     * Returns zeroed memory, aligned for any type. Unlike an arena's, it is not guarded: nothing keeps a use after
     * {@link #free} from happening.
     *
     * @throws OutOfMemoryError if there is none left
     */
    @SuppressWarnings("restricted") // C gives an address; its size is known here only.
    public static MemorySegment calloc(long bytes) {
        MemorySegment block;
        try {
            block = (MemorySegment) CALLOC.invokeExact(1L, bytes);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
        if (block.equals(MemorySegment.NULL)) {
            throw new OutOfMemoryError("calloc has no " + bytes + " bytes left");
        }
        return block.reinterpret(bytes);
    }

    public static void free(MemorySegment block) {
        try {
            FREE.invokeExact(block);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
