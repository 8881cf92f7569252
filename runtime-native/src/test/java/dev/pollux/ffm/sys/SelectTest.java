package dev.pollux.ffm.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class SelectTest {

    @Test
    void aSetIs1024Bits() {
        assertEquals(1024, Select.FD_SETSIZE);
        assertEquals(128, Select.FD_SET.byteSize());
        assertEquals(64, Select.NFDBITS);
    }

    @Test
    void eachDescriptorHasItsBit() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = arena.allocate(Select.FD_SET);
            for (int fd = 0; fd < Select.FD_SETSIZE; fd++) {
                Select.put(set, fd, true);

                assertTrue(Select.isSet(set, fd));
                assertEquals((byte) (1 << fd % 8), set.get(ValueLayout.JAVA_BYTE, fd / 8), "on x86 and little ARM");
                assertEquals(1L << fd, Select.word(set, fd / 64));

                Select.put(set, fd, false);
                assertFalse(Select.isSet(set, fd));
                assertEquals(0, Select.word(set, fd / 64));
            }
        }
    }

    @Test
    void aNumberThatDoesNotFitIsNeverWritten() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = arena.allocate(Select.FD_SET);

            assertThrows(IndexOutOfBoundsException.class, () -> Select.put(set, Select.FD_SETSIZE, true));
            assertThrows(IndexOutOfBoundsException.class, () -> Select.put(set, Integer.MAX_VALUE, true));
            assertThrows(IndexOutOfBoundsException.class, () -> Select.isSet(set, Select.FD_SETSIZE));
        }
    }

    @Test
    void whatIsNotReadyLeavesTheSet() {
        int[] pipe = TestLibc.pipe();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment readable = arena.allocate(Select.FD_SET);
            MemorySegment writable = arena.allocate(Select.FD_SET);
            Select.put(readable, pipe[0], true);
            Select.put(writable, pipe[1], true);
            MemorySegment none = MemorySegment.NULL;

            int count =
                    Select.pselect(Math.max(pipe[0], pipe[1]) + 1, readable, writable, none, none, new Errno(arena));

            assertEquals(1, count);
            assertFalse(Select.isSet(readable, pipe[0]));
            assertTrue(Select.isSet(writable, pipe[1]));
        } finally {
            TestLibc.close(pipe[0]);
            TestLibc.close(pipe[1]);
        }
    }

    @Test
    void refusedCallsReturnTheNegatedErrorNumber() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment none = MemorySegment.NULL;
            MemorySegment set = arena.allocate(Select.FD_SET);
            Select.put(set, 999, true);
            // The kernel looks at no number that was never in use (fs/select.c, core_sys_select).
            TestLibc.close(TestLibc.dup2(0, 999));

            assertEquals(-Errno.EINVAL, Select.pselect(-1, none, none, none, none, new Errno(arena)));
            assertEquals(-Errno.EBADF, Select.pselect(1000, set, none, none, none, new Errno(arena)));
            assertEquals(-1, Select.pselect(-1, none, none, none, none));
        }
    }
}
