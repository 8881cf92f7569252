package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.ffm.sys.Faults;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A buffer's bytes are where they are said to be, and memory that has been freed is never given to the kernel. */
@EnabledOnOs(OS.LINUX)
@Timeout(30)
class BufferMemoryTest {

    @Test
    void aBufferThatOwnsItsMemoryIsAnAddress() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64);
        long address = MemorySegment.ofBuffer(buffer).address();
        buffer.position(7).limit(9);

        for (ByteBuffer same : List.of(buffer, buffer.duplicate(), buffer.asReadOnlyBuffer())) {
            assertEquals(MemorySegment.NULL, BufferMemory.base(same));
            assertEquals(address, BufferMemory.offset(same));
        }
        assertEquals(MemorySegment.NULL, BufferMemory.base(buffer.slice()));
        assertEquals(address + 7, BufferMemory.offset(buffer.slice()));
    }

    @Test
    void aBufferOfAnArenaIsTheArenasSegment() {
        try (Arena shared = Arena.ofShared();
                Arena confined = Arena.ofConfined()) {
            for (Arena arena : List.of(shared, confined, Arena.ofAuto(), Arena.global())) {
                MemorySegment segment = arena.allocate(64);
                ByteBuffer part = segment.asByteBuffer().position(7).slice().position(1);

                assertEquals(segment.asSlice(7), BufferMemory.base(part));
                assertEquals(0, BufferMemory.offset(part));
                assertFalse(BufferMemory.base(part).address() == 0);
            }
        }
    }

    @Test
    void memoryThatItsArenaHasFreedIsNotTouched() throws Exception {
        for (Arena arena : List.of(Arena.ofShared(), Arena.ofConfined())) {
            MemorySegment segment = arena.allocate(8);
            ByteBuffer buffer = segment.asByteBuffer().position(4);
            try (NativePipe pipe = NativePipe.open()) {
                assertEquals(4, pipe.writer().write(buffer.position(4)));
                assertEquals(4, pipe.reader().read(buffer.position(4)));
                assertEquals(3, pipe.writer().write(Bytes.of("new")));

                arena.close();

                assertThrows(IllegalStateException.class, () -> pipe.reader().read(buffer.position(4)));
                assertThrows(IllegalStateException.class, () -> pipe.reader().read(segment));
                assertThrows(IllegalStateException.class, () -> pipe.writer().write(buffer.position(4)));
                assertThrows(IllegalStateException.class, () -> pipe.writer().write(segment));
                ByteBuffer room = Bytes.room();
                assertEquals(3, pipe.reader().read(room));
                assertEquals("new", Bytes.text(room));
            }
        }
    }

    @Test
    void memoryOfAnotherThreadIsNotTouched() throws Exception {
        try (Arena arena = Arena.ofConfined();
                NativePipe pipe = NativePipe.open()) {
            ByteBuffer buffer = arena.allocate(8).asByteBuffer();
            pipe.writer().write(Bytes.of("new"));

            Thread other = Thread.ofPlatform()
                    .unstarted(() -> assertThrows(
                            WrongThreadException.class, () -> pipe.reader().read(buffer)));
            Throwable[] failure = new Throwable[1];
            other.setUncaughtExceptionHandler((thread, thrown) -> failure[0] = thrown);
            other.start();
            other.join();

            assertEquals(null, failure[0]);
            assertEquals(3, pipe.reader().read(buffer));
        }
    }

    /** One buffer after another, of either kind, through the same file. */
    @Test
    void buffersMayAlternate() throws Exception {
        try (Arena arena = Arena.ofConfined();
                NativePipe pipe = NativePipe.open()) {
            List<ByteBuffer> buffers = List.of(
                    ByteBuffer.allocateDirect(16), arena.allocate(16).asByteBuffer(), ByteBuffer.allocateDirect(16));
            for (int round = 0; round < 9; round++) {
                ByteBuffer out = buffers.get(round % 3);
                ByteBuffer in = buffers.get((round + 1) % 3);
                out.clear().position(round).put((byte) ('a' + round)).flip().position(round);
                in.clear().position(3);

                assertEquals(1, pipe.writer().write(out));
                assertEquals(1, pipe.reader().read(in));

                assertEquals(round + 1, out.position());
                assertEquals(4, in.position());
                assertEquals((byte) ('a' + round), in.get(3));
            }
        }
    }

    @Test
    void anEmptyTransferMakesNoCall() throws Exception {
        try (NativePipe pipe = NativePipe.open();
                Faults calls = Faults.recording()) {
            ByteBuffer full = ByteBuffer.allocateDirect(8).position(8);

            assertEquals(0, pipe.reader().read(full));
            assertEquals(0, pipe.writer().write(full));
            assertEquals(0, pipe.reader().read(MemorySegment.NULL));
            assertEquals(0, pipe.writer().write(MemorySegment.NULL));
            assertEquals(List.of(), calls.calls());
        }
    }
}
