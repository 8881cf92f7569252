package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** read(2) and write(2), which block if the descriptor does, and pread(2) and pwrite(2). */
public final class ReadWrite {

    // ssize_t read(int fd, void *buf, size_t count);
    private static final Transfer READ = new Transfer("read");

    // ssize_t write(int fd, const void *buf, size_t count);
    private static final Transfer WRITE = new Transfer("write");

    /** Apart, because they are a call shape of their own. */
    private static final class AtOffset {

        // ssize_t pread(int fd, void *buf, size_t count, off_t offset);
        static final Transfer PREAD = new Transfer("pread", JAVA_LONG);

        // ssize_t pwrite(int fd, const void *buf, size_t count, off_t offset);
        static final Transfer PWRITE = new Transfer("pwrite", JAVA_LONG);
    }

    private ReadWrite() {}

    /** Reads like {@link #read}, from an offset of the file. */
    public static int pread(int fd, MemorySegment buffer, long at, int count, long offset, Errno errno) {
        try {
            long result = Transfer.isAbsolute(buffer)
                    ? AtOffset.PREAD.absolute(errno, fd, at, count, offset)
                    : (long) AtOffset.PREAD.guarded().invokeExact(errno.state(), fd, buffer, at, (long) count, offset);
            return errno.orNegated((int) result);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Writes like {@link #write}, at an offset of the file. */
    public static int pwrite(int fd, MemorySegment buffer, long at, int count, long offset, Errno errno) {
        try {
            long result = Transfer.isAbsolute(buffer)
                    ? AtOffset.PWRITE.absolute(errno, fd, at, count, offset)
                    : (long) AtOffset.PWRITE.guarded().invokeExact(errno.state(), fd, buffer, at, (long) count, offset);
            return errno.orNegated((int) result);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Reads into {@code buffer} from {@code at} on, see {@link Transfer}. Returns the number of bytes; 0 at the end of the file. */
    public static int read(int fd, MemorySegment buffer, long at, int count, Errno errno) {
        try {
            long result = Transfer.isAbsolute(buffer)
                    ? READ.absolute(errno, fd, at, count, 0)
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
                    ? WRITE.absolute(errno, fd, at, count, 0)
                    : (long) WRITE.guarded().invokeExact(errno.state(), fd, buffer, at, (long) count);
            return errno.orNegated((int) result);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
