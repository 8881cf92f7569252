package dev.pollux.ffm.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class EpollTest {

    @Test
    void anEventIsPackedOnX86Only() {
        assertEquals(Abi.X86_64 ? 12 : 16, Epoll.EVENT_BYTES);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(Epoll.EVENT_BYTES, Long.BYTES);

            Epoll.set(event, 0x01020304, 0x0A0B0C0D0E0F1011L);

            assertEquals(0x01020304, event.get(ValueLayout.JAVA_INT, 0));
            assertEquals(0x0A0B0C0D0E0F1011L, event.get(ValueLayout.JAVA_LONG_UNALIGNED, Abi.X86_64 ? 4 : 8));
        }
    }

    @Test
    void constantsAreThoseOfTheHeaders() {
        assertEquals(02000000, Epoll.EPOLL_CLOEXEC);
        assertEquals(1, Epoll.EPOLL_CTL_ADD);
        assertEquals(2, Epoll.EPOLL_CTL_DEL);
        assertEquals(3, Epoll.EPOLL_CTL_MOD);
        assertEquals(0x001, Epoll.EPOLLIN);
        assertEquals(0x002, Epoll.EPOLLPRI);
        assertEquals(0x004, Epoll.EPOLLOUT);
        assertEquals(0x008, Epoll.EPOLLERR);
        assertEquals(0x010, Epoll.EPOLLHUP);
        assertEquals(0x80000000, Epoll.EPOLLET);
        assertEquals(02000000, EventFd.EFD_CLOEXEC);
        assertEquals(04000, EventFd.EFD_NONBLOCK);
    }

    @Test
    void accessorsFindTheEventAtAnIndex() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate(3L * Epoll.EVENT_BYTES, Long.BYTES);
            MemorySegment second = events.asSlice(Epoll.EVENT_BYTES, Epoll.EVENT_BYTES);

            Epoll.set(second, Epoll.EPOLLET, Long.MIN_VALUE + 1);

            assertEquals(0, Epoll.events(events, 0));
            assertEquals(Epoll.EPOLLET, Epoll.events(events, 1));
            assertEquals(Long.MIN_VALUE + 1, Epoll.data(events, 1));
            assertEquals(0, Epoll.data(events, 2));
        }
    }

    @Test
    void aTimespecIsSecondsAndTheRestInNanoseconds() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timespec = arena.allocate(Timespec.BYTES, Long.BYTES);

            Timespec.set(timespec, 3_000_000_007L);

            assertEquals(16, Timespec.BYTES);
            assertEquals(3, timespec.get(ValueLayout.JAVA_LONG, 0));
            assertEquals(7, timespec.get(ValueLayout.JAVA_LONG, 8));
        }
    }

    @Test
    void refusedCallsReturnTheNegatedErrorNumber() {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            MemorySegment events = arena.allocate(Epoll.EVENT_BYTES, Long.BYTES);

            assertEquals(-Errno.EINVAL, Epoll.create1(-1, errno));
            assertEquals(-Errno.EBADF, Epoll.ctl(-1, Epoll.EPOLL_CTL_ADD, 0, events, errno));
            assertEquals(-Errno.EBADF, Epoll.wait(-1, events, 1, 0, errno));
            assertEquals(-Errno.EBADF, Epoll.pwait2(-1, events, 1, MemorySegment.NULL, errno));
            assertEquals(-Errno.EINVAL, EventFd.eventfd(0, -1, errno));
            assertEquals(-Errno.EBADF, EventFd.read(-1, events, errno));
            assertEquals(-1, Epoll.wait(-1, events, 1, 0));
            assertEquals(-1, Epoll.pwait2(-1, events, 1, MemorySegment.NULL));
            assertEquals(-1, EventFd.read(-1, events));
            assertEquals(-1, EventFd.write(-1, 1));
            assertEquals(-1, EventFd.increment(-1));
            assertEquals(-1, Unistd.close(-1));
        }
    }

    @Test
    void aCallThatSucceedsAfterARefusalDoesNotRepeatIt() {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            Epoll.create1(-1, errno);

            int epfd = Epoll.create1(Epoll.EPOLL_CLOEXEC, errno);
            int count = Epoll.wait(epfd, arena.allocate(Epoll.EVENT_BYTES, Long.BYTES), 1, 0, errno);

            assertEquals(0, count);
            assertEquals(0, Unistd.close(epfd));
        }
    }
}
