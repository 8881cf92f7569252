package dev.pollux.stream;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames, wherever what is received happens to be cut. */
class FramingTest {

    private final List<String> frames = new ArrayList<>();

    private void note(ByteBuffer frame) {
        frames.add(StandardCharsets.ISO_8859_1.decode(frame).toString());
    }

    @FunctionalInterface
    private interface Add {
        void add(ByteBuffer bytes) throws IOException;
    }

    /** Adds {@code bytes} in the parts that end at {@code cuts}, each from the middle of a buffer of its own. */
    private static void add(Add framing, byte[] bytes, int... cuts) throws IOException {
        int from = 0;
        for (int to : cuts) {
            ByteBuffer part = ByteBuffer.allocate(to - from + 5).position(2);
            part.put(bytes, from, to - from).flip().position(2);
            framing.add(part);
            assertEquals(0, part.remaining(), "all of it is taken");
            from = to;
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void linesAreTheSameWhereverTheyAreCut() throws IOException {
        byte[] bytes = ascii("one\ntwo\r\n\n\r\na\rb\n\r\r\nlast");
        List<String> expected = List.of("one", "two", "", "", "a\rb", "\r", "last");
        for (int first = 0; first <= bytes.length; first++) {
            for (int second = first; second <= bytes.length; second++) {
                frames.clear();
                LineFraming lines = new LineFraming(4, this::note);
                add(lines::add, bytes, first, second, bytes.length);
                lines.end();
                assertEquals(expected, frames, "cut at " + first + " and " + second);
            }
        }
    }

    @Test
    void linesMayComeOneByteAtATime() throws IOException {
        LineFraming lines = new LineFraming(1000, this::note);
        String line = "x".repeat(1000);
        for (byte each : ascii(line + "\r\n" + line + "\n")) {
            lines.add(ByteBuffer.wrap(new byte[] {each}));
        }
        lines.end();
        assertEquals(List.of(line, line), frames);
    }

    @Test
    void aLineThatIsTooLongFailsWhereverItIsCut() {
        for (String end : List.of("", "\n", "\r\n")) {
            byte[] fits = ascii("12345" + end);
            byte[] tooLong = ascii("123456" + end);
            for (int cut = 0; cut <= fits.length; cut++) {
                int at = cut;
                LineFraming lines = new LineFraming(5, this::note);
                assertDoesNotThrow(() -> add(lines::add, fits, at, fits.length));
            }
            for (int cut = 0; cut <= tooLong.length; cut++) {
                int at = cut;
                LineFraming lines = new LineFraming(5, this::note);
                FrameTooLongException failure = assertThrows(FrameTooLongException.class, () -> {
                    add(lines::add, tooLong, at, tooLong.length);
                    lines.end();
                });
                assertTrue(failure.getMessage().contains("5"), failure::getMessage);
            }
        }
    }

    @Test
    void anEndlessLineFailsBeforeItIsKept() {
        LineFraming lines = new LineFraming(5, this::note);
        assertThrows(FrameTooLongException.class, () -> lines.add(ByteBuffer.wrap(ascii("1234567"))));
        assertEquals(List.of(), frames);
    }

    @Test
    void framesOfALengthAreTheSameWhereverTheyAreCut() throws IOException {
        ByteBuffer all = ByteBuffer.allocate(1000);
        List<String> expected = List.of("one", "", "three", "x".repeat(300), "");
        for (String frame : expected) {
            LengthFraming.putLength(all, frame.length());
            all.put(ascii(frame));
        }
        byte[] bytes = Arrays.copyOf(all.array(), all.position());
        for (int first = 0; first <= bytes.length; first++) {
            for (int second = first; second <= bytes.length; second += second < 40 ? 1 : 17) {
                frames.clear();
                LengthFraming framing = new LengthFraming(300, this::note);
                add(framing::add, bytes, first, second, bytes.length);
                framing.end();
                assertEquals(expected, frames, "cut at " + first + " and " + second);
            }
        }
    }

    @Test
    void aLengthIsFourBytesTheHighestFirst() {
        ByteBuffer prefix = ByteBuffer.allocate(4);
        LengthFraming.putLength(prefix, 0x01020384);
        assertEquals(0x01020384, prefix.flip().getInt());
    }

    @Test
    void aFrameThatSaysItIsTooLongFails() {
        for (int length : new int[] {301, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
            LengthFraming framing = new LengthFraming(300, this::note);
            ByteBuffer prefix = ByteBuffer.allocate(4);
            LengthFraming.putLength(prefix, length);
            FrameTooLongException failure = assertThrows(FrameTooLongException.class, () -> framing.add(prefix.flip()));
            assertTrue(failure.getMessage().contains(Integer.toUnsignedString(length)), failure::getMessage);
        }
    }

    @Test
    void anInputThatEndsWithinAFrameFails() throws IOException {
        byte[] bytes = {0, 0, 0, 2, 'a', 'b'};
        for (int end = 1; end < bytes.length; end++) {
            LengthFraming framing = new LengthFraming(300, this::note);
            framing.add(ByteBuffer.wrap(bytes, 0, end));
            assertThrows(EOFException.class, framing::end, "after " + end);
        }
    }

    @Test
    void whatATakerThrowsPasses() {
        IOException wrong = new IOException("wrong");
        LineFraming lines = new LineFraming(5, line -> {
            throw wrong;
        });
        assertEquals(wrong, assertThrows(IOException.class, () -> lines.add(ByteBuffer.wrap(ascii("a\n")))));
    }

    @Test
    void aBoundIsAtLeastOneByte() {
        assertThrows(IllegalArgumentException.class, () -> new LineFraming(0, this::note));
        assertThrows(IllegalArgumentException.class, () -> new LengthFraming(0, this::note));
    }
}
