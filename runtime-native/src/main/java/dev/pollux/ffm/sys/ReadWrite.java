package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** read(2) and write(2), which block if the descriptor does. */
public final class ReadWrite {

    // ssize_t read(int fd, void *buf, size_t count);
    private static final MethodHandle READ =
            Libc.call("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

    // ssize_t write(int fd, const void *buf, size_t count);
    private static final MethodHandle WRITE =
            Libc.call("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

    private ReadWrite() {}

    /** Reads into {@code buffer} from {@code at} on. Returns the number of bytes; 0 at the end of the file. */
    public static int read(int fd, MemorySegment buffer, long at, int count, Errno errno) {
        try {
            return errno.orNegated((int) (long) READ.invokeExact(errno.state(), fd, from(buffer, at), (long) count));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Writes from {@code at} on. Returns the number of bytes, which may be fewer than {@code count}. */
    public static int write(int fd, MemorySegment buffer, long at, int count, Errno errno) {
        try {
            return errno.orNegated((int) (long) WRITE.invokeExact(errno.state(), fd, from(buffer, at), (long) count));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Here and not in the caller, because the compiler does without the slice only next to the call. */
    private static MemorySegment from(MemorySegment buffer, long at) {
        return at == 0 ? buffer : buffer.asSlice(at);
    }
}
