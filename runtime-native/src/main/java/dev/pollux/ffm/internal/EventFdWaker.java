package dev.pollux.ffm.internal;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.EventFd;
import dev.pollux.ffm.sys.Unistd;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/** Wakes by an eventfd(2). Threads that wake use no memory that anyone frees or changes. */
final class EventFdWaker implements Waker {

    private final int fd;
    private final Errno errno;
    private final MemorySegment count;

    private EventFdWaker(int fd, Errno errno, MemorySegment count) {
        this.fd = fd;
        this.errno = errno;
        this.count = count;
    }

    static EventFdWaker open(SegmentAllocator memory, Errno errno) throws NativeIOException {
        MemorySegment count = memory.allocate(ValueLayout.JAVA_LONG);
        int fd = Syscalls.check("eventfd", -1, EventFd.eventfd(0, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK, errno));
        return new EventFdWaker(fd, errno, count);
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public boolean owns(int other) {
        return other == fd;
    }

    /** A full count takes no more, and has made the descriptor readable already. */
    @Override
    public boolean wake() {
        return EventFd.increment(fd) >= 0;
    }

    @Override
    public void consume() throws NativeIOException {
        if (EventFd.read(fd, count) < 0) {
            Syscalls.check("read", fd, EventFd.read(fd, count, errno));
        }
    }

    @Override
    public void close() {
        Unistd.close(fd);
    }
}
