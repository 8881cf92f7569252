package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Faults;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class NativePipeTest {

    private Map<Integer, String> openBefore;

    @BeforeEach
    void remember() {
        openBefore = OpenFiles.now();
    }

    @AfterEach
    void nothingIsLeftOpen() {
        assertEquals(openBefore, OpenFiles.now());
    }

    @Test
    void whatIsWrittenIsReadThenTheEnd() throws IOException {
        try (NativePipe pipe = NativePipe.open()) {
            ByteBuffer received = Bytes.room();

            assertEquals(0, pipe.reader().read(received));
            assertEquals(3, pipe.writer().write(Bytes.of("abc")));
            assertEquals(Events.READ, Bytes.poll(pipe.reader(), Events.READ));
            assertEquals(3, pipe.reader().read(received));
            pipe.writer().close();

            assertEquals(-1, pipe.reader().read(received));
            assertEquals("abc", Bytes.text(received));
        }
    }

    @Test
    void aFullPipeTakesNothing() throws IOException {
        try (NativePipe pipe = NativePipe.open()) {
            ByteBuffer plenty = ByteBuffer.allocateDirect(1 << 20);

            assertTrue(pipe.writer().write(plenty) > 0);

            assertTrue(plenty.hasRemaining());
            assertEquals(0, pipe.writer().write(plenty));
            assertEquals(Events.NONE, Bytes.poll(pipe.writer(), Events.WRITE));
        }
    }

    @Test
    void withoutAReaderWritingFails() throws IOException {
        try (NativePipe pipe = NativePipe.open()) {
            pipe.reader().close();

            NativeIOException broken =
                    assertThrows(NativeIOException.class, () -> pipe.writer().write(Bytes.of("a")));

            assertEquals("EPIPE", broken.errnoName());
            assertEquals("write", broken.call());
        }
    }

    @Test
    void theEndsTellWhatTheyAre() throws IOException {
        NativePipe pipe = NativePipe.open();
        int in = pipe.reader().fd();
        int out = pipe.writer().fd();

        assertEquals(
                "NativePipe[NativePipe.Reader[fd " + in + "], NativePipe.Writer[fd " + out + "]]", pipe.toString());
        pipe.close();
        pipe.close();
        assertEquals("NativePipe.Reader[closed]", pipe.reader().toString());
    }

    @Test
    void aRefusalLeavesNothing() {
        try (Faults faults = Faults.refusing("pipe2", 1, 24)) {
            NativeIOException refused = assertThrows(NativeIOException.class, NativePipe::open);

            assertTrue(refused.isExhaustion());
            assertTrue(faults.struck());
        }
    }
}
