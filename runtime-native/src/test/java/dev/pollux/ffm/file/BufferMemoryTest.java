package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.ffm.sys.Faults;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A buffer's bytes are where they are said to be, and memory that has been freed is never given to the kernel. */
@EnabledOnOs(OS.LINUX)
@Timeout(30)
class BufferMemoryTest {

    /** 400 000 in a plain build. */
    private static final int READS = 2_000 * Math.min(1_000, Integer.getInteger("jqwik.tries.default", 1_000));

    @Test
    void aBufferThatOwnsItsMemoryIsAnAddress() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64);
        long address = MemorySegment.ofBuffer(buffer).address();
        buffer.position(7).limit(9);

        for (ByteBuffer same : List.of(buffer, buffer.duplicate(), buffer.asReadOnlyBuffer())) {
            assertEquals(MemorySegment.NULL, BufferMemory.NONE.of(same).base());
            assertEquals(address + 7, BufferMemory.NONE.of(same).atPosition());
        }
        assertEquals(MemorySegment.NULL, BufferMemory.NONE.of(buffer.slice()).base());
        assertEquals(address + 7, BufferMemory.NONE.of(buffer.slice()).atPosition());
    }

    @Test
    void aBufferOfAnArenaIsTheArenasSegment() {
        try (Arena shared = Arena.ofShared();
                Arena confined = Arena.ofConfined()) {
            for (Arena arena : List.of(shared, confined, Arena.ofAuto(), Arena.global())) {
                MemorySegment segment = arena.allocate(64);
                ByteBuffer part = segment.asByteBuffer().position(7).slice().position(1);

                assertEquals(segment.asSlice(7), BufferMemory.NONE.of(part).base());
                assertEquals(1, BufferMemory.NONE.of(part).atPosition());
                assertFalse(BufferMemory.NONE.of(part).base().address() == 0);
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

    /** A buffer of one byte lies amid memory that nothing may be read into; the other thread reads many bytes at a time. */
    @Test
    void threadsThatReadAtOnceReadIntoTheirOwnBuffers() throws Exception {
        int size = 1 << 12;
        ByteBuffer all = ByteBuffer.allocateDirect(3 * size);
        ByteBuffer narrow = all.slice(size, 1);
        ByteBuffer wide = ByteBuffer.allocateDirect(size);
        ByteBuffer ones = ByteBuffer.allocateDirect(size);
        while (ones.hasRemaining()) {
            ones.put((byte) 1);
        }
        AtomicBoolean stopped = new AtomicBoolean();
        try (NativePipe pipe = NativePipe.open()) {
            List<Callable<Void>> works = List.<Callable<Integer>>of(
                            () -> pipe.writer().write(ones.clear()),
                            () -> pipe.reader().read(narrow.clear()),
                            () -> pipe.reader().read(wide.clear()))
                    .stream()
                    .map(work -> repeated(work, stopped))
                    .toList();
            ExecutorService threads = Executors.newFixedThreadPool(works.size());
            try {
                List<Future<Void>> running = works.stream().map(threads::submit).toList();
                while (!running.get(1).isDone()) {
                    assertEquals(0, all.get(size - 1));
                    assertEquals(0, all.get(size + 1));
                }
                stopped.set(true);
                for (Future<Void> each : running) {
                    each.get(30, TimeUnit.SECONDS);
                }
            } finally {
                stopped.set(true);
                threads.shutdown();
            }
        }
        for (int i = 0; i < all.capacity(); i++) {
            assertTrue(all.get(i) == 0 || i == size, "byte " + i);
        }
    }

    private static Callable<Void> repeated(Callable<Integer> work, AtomicBoolean stopped) {
        return () -> {
            for (int i = 0; i < READS && !stopped.get(); i++) {
                work.call();
            }
            return null;
        };
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
