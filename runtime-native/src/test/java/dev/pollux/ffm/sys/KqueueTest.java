package dev.pollux.ffm.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@EnabledIf("dev.pollux.ffm.sys.StandIns#haveKqueue")
class KqueueTest {

    /** Sizes and offsets of {@code struct kevent} as a C compiler makes them of each system's sys/event.h, on 64 bits. */
    @ParameterizedTest
    @CsvSource({
        "Mac OS X,  32, 0, 8, 2, 10, 2, 12, 16, 24",
        "FreeBSD,   64, 0, 8, 2, 10, 2, 12, 16, 24",
        "OpenBSD,   32, 0, 8, 2, 10, 2, 12, 16, 24",
        "DragonFly, 32, 0, 8, 2, 10, 2, 12, 16, 24",
        "NetBSD,    40, 0, 8, 4, 12, 4, 16, 24, 32"
    })
    void anEventIsLaidOutAsTheHeaderHasIt(
            String os,
            int size,
            int ident,
            int filter,
            int filterSize,
            int flags,
            int flagsSize,
            int fflags,
            int data,
            int udata) {
        StructLayout layout = Kqueue.layoutOf(os);

        assertEquals(size, layout.byteSize());
        assertEquals(8, layout.byteAlignment());
        assertField(layout, "ident", ident, 8);
        assertField(layout, "filter", filter, filterSize);
        assertField(layout, "flags", flags, flagsSize);
        assertField(layout, "fflags", fflags, 4);
        assertField(layout, "data", data, 8);
        assertField(layout, "udata", udata, 8);
    }

    private static void assertField(StructLayout layout, String name, int offset, int size) {
        assertEquals(offset, layout.byteOffset(PathElement.groupElement(name)), name);
        assertEquals(size, layout.select(PathElement.groupElement(name)).byteSize(), name);
    }

    @ParameterizedTest
    @CsvSource({
        "Mac OS X,  -1, -2, -10, kevent,     4",
        "FreeBSD,   -1, -2, -11, kevent,     4",
        "OpenBSD,   -1, -2, -10, kevent,     4",
        "DragonFly, -1, -2,  -9, kevent,     4",
        "NetBSD,     0,  1,   8, __kevent50, 8"
    })
    void filtersAndTheCallAreThoseOfTheSystem(
            String os, int read, int write, int user, String symbol, int sizeOfACount) {
        assertEquals(read, Kqueue.filterRead(os));
        assertEquals(write, Kqueue.filterWrite(os));
        assertEquals(user, Kqueue.filterUser(os));
        assertEquals(symbol, Kqueue.symbolOf(os));
        assertEquals(sizeOfACount, Kqueue.countOf(os).byteSize());
    }

    @Test
    void constantsAreThoseOfTheHeaders() {
        assertEquals(0x0001, Kqueue.EV_ADD);
        assertEquals(0x0002, Kqueue.EV_DELETE);
        assertEquals(0x0020, Kqueue.EV_CLEAR);
        assertEquals(0x0040, Kqueue.EV_RECEIPT);
        assertEquals(0x4000, Kqueue.EV_ERROR);
        assertEquals(0x8000, Kqueue.EV_EOF);
        assertEquals(0x01000000, Kqueue.NOTE_TRIGGER);
    }

    @Test
    void accessorsFindTheEventAtAnIndex() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate(Kqueue.KEVENT, 3);

            Kqueue.set(events, 1, 17, Kqueue.EVFILT_WRITE, Kqueue.EV_EOF, Kqueue.NOTE_TRIGGER, Long.MIN_VALUE + 1);

            assertEquals(17, events.get(ValueLayout.JAVA_LONG, Kqueue.KEVENT.byteSize()));
            assertEquals(Kqueue.EVFILT_WRITE, Kqueue.filter(events, 1));
            assertEquals(Kqueue.EV_EOF, Kqueue.flags(events, 1));
            assertEquals(0, Kqueue.data(events, 1));
            assertEquals(Long.MIN_VALUE + 1, Kqueue.userData(events, 1));
            assertEquals(0, Kqueue.userData(events, 0));
            assertEquals(0, Kqueue.userData(events, 2));
        }
    }

    @Test
    void refusedCallsReturnTheNegatedErrorNumber() {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            MemorySegment events = arena.allocate(Kqueue.KEVENT);
            MemorySegment none = MemorySegment.NULL;

            assertEquals(-Errno.EBADF, Kqueue.kevent(-1, none, 0, events, 1, none, errno));
            assertEquals(-1, Kqueue.kevent(-1, none, 0, events, 1, none));
        }
    }

    @Test
    void eachChangeHasItsReceipt() {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            MemorySegment events = arena.allocate(Kqueue.KEVENT, 3);
            int kq = Kqueue.kqueue(errno);
            int receipt = Kqueue.EV_RECEIPT;

            Kqueue.set(events, 0, kq + 1000, Kqueue.EVFILT_READ, Kqueue.EV_ADD | receipt, 0, 1);
            Kqueue.set(events, 1, 0, Kqueue.EVFILT_USER, Kqueue.EV_ADD | receipt, Kqueue.NOTE_TRIGGER, 2);
            Kqueue.set(events, 2, 1, Kqueue.EVFILT_USER, Kqueue.EV_DELETE | receipt, 0, 3);
            int count = Kqueue.kevent(kq, events, 3, events, 3, MemorySegment.NULL, errno);
            Unistd.close(kq);

            assertEquals(3, count);
            for (int i = 0; i < count; i++) {
                assertEquals(Kqueue.EV_ERROR, Kqueue.flags(events, i) & Kqueue.EV_ERROR);
            }
            assertEquals(Errno.EBADF, Kqueue.data(events, 0));
            assertEquals(0, Kqueue.data(events, 1));
            assertEquals(Errno.ENOENT, Kqueue.data(events, 2));
        }
    }
}
