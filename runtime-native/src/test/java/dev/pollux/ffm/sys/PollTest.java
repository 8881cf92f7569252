package dev.pollux.ffm.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class PollTest {

    @Test
    void anEntryIsANumberAndTwoMasks() {
        assertEquals(8, Poll.POLLFD.byteSize());
        assertEquals(0, Poll.POLLFD.byteOffset(PathElement.groupElement("fd")));
        assertEquals(4, Poll.POLLFD.byteOffset(PathElement.groupElement("events")));
        assertEquals(6, Poll.POLLFD.byteOffset(PathElement.groupElement("revents")));
    }

    @Test
    void constantsAreThoseOfTheHeaders() {
        assertEquals(0x001, Poll.POLLIN);
        assertEquals(0x002, Poll.POLLPRI);
        assertEquals(0x004, Poll.POLLOUT);
        assertEquals(0x008, Poll.POLLERR);
        assertEquals(0x010, Poll.POLLHUP);
        assertEquals(0x020, Poll.POLLNVAL);
        assertEquals(1, Fcntl.F_GETFD);
        assertEquals(2, Fcntl.F_SETFD);
        assertEquals(4, Fcntl.F_SETFL);
        assertEquals(1, Fcntl.FD_CLOEXEC);
        assertEquals(04000, Fcntl.O_NONBLOCK);
    }

    @Test
    void accessorsFindTheEntryAtAnIndex() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(Poll.POLLFD, 3);
            fds.fill((byte) -1);

            Poll.set(fds, 1, Integer.MAX_VALUE, Poll.POLLIN | Poll.POLLPRI);

            assertEquals(-1, Poll.fd(fds, 0));
            assertEquals(Integer.MAX_VALUE, Poll.fd(fds, 1));
            assertEquals(Poll.POLLIN | Poll.POLLPRI, Poll.events(fds, 1));
            assertEquals(0, Poll.revents(fds, 1));
            assertEquals(-1, Poll.revents(fds, 2));
        }
    }

    @Test
    void bothCallsFillInWhatIsReady() {
        int fd = TestLibc.readyEventFd();
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            MemorySegment fds = arena.allocate(Poll.POLLFD, 2);
            for (boolean millis : new boolean[] {false, true}) {
                Poll.set(fds, 0, 1 << 30, Poll.POLLIN);
                Poll.set(fds, 1, fd, Poll.POLLIN);

                int count = millis ? Poll.poll(fds, 2, -1, errno) : Poll.ppoll(fds, 2, MemorySegment.NULL, errno);

                assertEquals(2, count);
                assertEquals(Poll.POLLNVAL, Poll.revents(fds, 0));
                assertEquals(Poll.POLLIN, Poll.revents(fds, 1));
            }
        } finally {
            TestLibc.close(fd);
        }
    }

    @Test
    void refusedCallsReturnTheNegatedErrorNumber() {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            MemorySegment fds = arena.allocate(Poll.POLLFD);
            long tooMany = 1L << 31;

            assertEquals(-Errno.EINVAL, Poll.poll(fds, tooMany, 0, errno));
            assertEquals(-Errno.EINVAL, Poll.ppoll(fds, tooMany, MemorySegment.NULL, errno));
            assertEquals(-1, Poll.poll(fds, tooMany, 0));
            assertEquals(-1, Poll.ppoll(fds, tooMany, MemorySegment.NULL));
            assertEquals(-Errno.EBADF, Fcntl.fcntl(-1, Fcntl.F_GETFD, errno));
            assertEquals(-Errno.EBADF, Fcntl.fcntl(-1, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC, errno));
            assertEquals(-Errno.EBADF, Pipe.read(-1, fds, errno));
            assertEquals(-1, Pipe.write(-1, fds));
        }
    }

    @Test
    void whatIsWrittenToAPipeIsReadFromIt() {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            MemorySegment fds = arena.allocate(Pipe.FDS);

            assertEquals(0, Pipe.pipe(fds, errno));
            int readEnd = fds.getAtIndex(ValueLayout.JAVA_INT, 0);
            int writeEnd = fds.getAtIndex(ValueLayout.JAVA_INT, 1);

            assertEquals(3, Pipe.write(writeEnd, arena.allocate(3)));
            assertEquals(3, Pipe.read(readEnd, arena.allocate(10), errno));
            assertEquals(0, Unistd.close(writeEnd));
            assertEquals(0, Unistd.close(readEnd));
        }
    }
}
