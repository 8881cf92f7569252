package dev.pollux.ffm.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf("dev.pollux.ffm.sys.StandIns#haveDevpoll")
class DevPollTest {

    @Test
    void aRequestIsLaidOutAsTheHeaderHasIt() {
        assertEquals(24, DevPoll.DVPOLL.byteSize());
        assertEquals(0, DevPoll.DVPOLL.byteOffset(PathElement.groupElement("dp_fds")));
        assertEquals(8, DevPoll.DVPOLL.byteOffset(PathElement.groupElement("dp_nfds")));
        assertEquals(16, DevPoll.DVPOLL.byteOffset(PathElement.groupElement("dp_timeout")));
        assertEquals(8, Poll.POLLFD.byteSize());
    }

    @Test
    void constantsAreThoseOfTheHeaders() {
        assertEquals(0xD001, DevPoll.DP_POLL);
        assertEquals(0x0800, DevPoll.POLLREMOVE);
    }

    @Test
    void aRequestKeepsWhatIsSet() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(DevPoll.DVPOLL);
            MemorySegment fds = arena.allocate(Poll.POLLFD, 3);

            DevPoll.set(request, fds, 3, -1);

            assertEquals(fds.address(), request.get(ValueLayout.JAVA_LONG, 0));
            assertEquals(3, request.get(ValueLayout.JAVA_LONG, 8));
            assertEquals(-1, request.get(ValueLayout.JAVA_INT, 16));
        }
    }

    @Test
    void refusedCallsReturnTheNegatedErrorNumber() {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            MemorySegment memory = arena.allocate(DevPoll.DVPOLL);

            assertEquals(-Errno.EBADF, DevPoll.write(-1, memory, 1, errno));
            assertEquals(-Errno.EBADF, DevPoll.poll(-1, memory, errno));
            assertEquals(-1, DevPoll.poll(-1, memory));
        }
    }
}
