package dev.pollux.ffm.internal;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Fcntl;
import dev.pollux.ffm.sys.Pipe;
import dev.pollux.ffm.sys.Unistd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/** Wakes by a byte in a pipe. */
final class PipeWaker implements Waker {

    /** Never written to, and never freed, so that any number of threads may send it at any time. */
    private static final MemorySegment BYTE = Arena.global().allocate(1);

    private static final int BUFFER_BYTES = 512;

    private final int readEnd;
    private final int writeEnd;
    private final Errno errno;
    private final MemorySegment buffer;

    private PipeWaker(int readEnd, int writeEnd, Errno errno, MemorySegment buffer) {
        this.readEnd = readEnd;
        this.writeEnd = writeEnd;
        this.errno = errno;
        this.buffer = buffer;
    }

    static PipeWaker open(SegmentAllocator memory, Errno errno) throws NativeIOException {
        MemorySegment fds = memory.allocate(Pipe.FDS);
        MemorySegment buffer = memory.allocate(BUFFER_BYTES);
        Syscalls.check("pipe", -1, Pipe.pipe(fds, errno));
        PipeWaker waker = new PipeWaker(
                fds.getAtIndex(ValueLayout.JAVA_INT, 0), fds.getAtIndex(ValueLayout.JAVA_INT, 1), errno, buffer);
        try {
            waker.setFlags(waker.readEnd);
            waker.setFlags(waker.writeEnd);
            return waker;
        } catch (Throwable refused) {
            waker.close();
            throw refused;
        }
    }

    /** macOS has no pipe2(2), which would do this at once. */
    private void setFlags(int fd) throws NativeIOException {
        Syscalls.check("fcntl(F_SETFD)", fd, Fcntl.fcntl(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC, errno));
        Syscalls.check("fcntl(F_SETFL)", fd, Fcntl.fcntl(fd, Fcntl.F_SETFL, Fcntl.O_NONBLOCK, errno));
    }

    @Override
    public int fd() {
        return readEnd;
    }

    @Override
    public boolean owns(int other) {
        return other == readEnd || other == writeEnd;
    }

    /** A full pipe refuses the write, and has made the descriptor readable already. */
    @Override
    public boolean wake() {
        return Pipe.write(writeEnd, BYTE) > 0;
    }

    @Override
    public void consume() throws NativeIOException {
        int count = BUFFER_BYTES;
        while (count == BUFFER_BYTES) {
            count = Pipe.read(readEnd, buffer, errno);
        }
        if (count != -Errno.EAGAIN) {
            Syscalls.check("read", readEnd, count);
        }
    }

    @Override
    public void close() {
        Unistd.close(writeEnd);
        Unistd.close(readEnd);
    }
}
