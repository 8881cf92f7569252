package dev.pollux.ffm.sys;

import java.lang.foreign.MemorySegment;

/** read(2) and write(2), which block if the descriptor does. */
public final class ReadWrite {

    // ssize_t read(int fd, void *buf, size_t count);
    private static final Transfer READ = new Transfer("read");

    // ssize_t write(int fd, const void *buf, size_t count);
    private static final Transfer WRITE = new Transfer("write");

    private ReadWrite() {}

    /** Reads into {@code buffer} from {@code at} on, see {@link Transfer}. Returns the number of bytes; 0 at the end of the file. */
    public static int read(int fd, MemorySegment buffer, long at, int count, Errno errno) {
        try {
            long result = Transfer.isAbsolute(buffer)
                    ? (long) READ.absolute.invokeExact(errno.state(), fd, at, (long) count)
                    : (long) READ.guarded().invokeExact(errno.state(), fd, buffer, at, (long) count);
            return errno.orNegated((int) result);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Writes from {@code at} on, see {@link Transfer}. Returns the number of bytes, which may be fewer than {@code count}. */
    public static int write(int fd, MemorySegment buffer, long at, int count, Errno errno) {
        try {
            long result = Transfer.isAbsolute(buffer)
                    ? (long) WRITE.absolute.invokeExact(errno.state(), fd, at, (long) count)
                    : (long) WRITE.guarded().invokeExact(errno.state(), fd, buffer, at, (long) count);
            return errno.orNegated((int) result);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
