package dev.pollux.stream;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Cuts what is received into lines: each ends with LF, or CR LF, which are no part of it. Bytes, not characters: decode a line
 * as a whole. Lines that came whole are handed over as they lie in the buffer, without a copy.
 *
 * <p><b>Thread:</b> one at a time.
 */
public final class LineFraming {

    private final int maxBytes;
    private final Frame lines;
    private final FrameBuffer begun = new FrameBuffer();

    /**
     * Begins with the first line.
     *
     * @param maxBytes the longest line, without its end
     * @throws IllegalArgumentException if {@code maxBytes} is less than 1
     */
    public LineFraming(int maxBytes, Frame lines) {
        if (maxBytes < 1 || maxBytes > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException("maxBytes " + maxBytes + " is less than 1 or too much for a buffer");
        }
        this.maxBytes = maxBytes;
        this.lines = lines;
    }

    /**
     * Takes all of {@code bytes} and hands over each line that ends there.
     *
     * @throws FrameTooLongException if a line is too long; nothing can be made of what follows
     * @throws IOException and others as the lines' taker; the rest of the bytes is not looked at then
     */
    public void add(ByteBuffer bytes) throws IOException {
        int limit = bytes.limit();
        int from = bytes.position();
        for (int at = from; at < limit; at++) {
            if (bytes.get(at) == '\n') {
                line(bytes.limit(at).position(from));
                from = at + 1;
                bytes.limit(limit).position(from);
            }
        }
        check(begun.size() + bytes.remaining(), true);
        if (bytes.hasRemaining()) {
            begun.add(bytes, bytes.remaining());
        }
    }

    /**
     * Says that the input has ended: what was begun and not ended is the last line.
     *
     * @throws IOException and others as the lines' taker
     */
    public void end() throws IOException {
        if (begun.size() > 0) {
            check(begun.size(), false);
            handOver(begun.frame(0));
        }
    }

    private void line(ByteBuffer rest) throws IOException {
        if (begun.size() > 0) {
            int length = begun.size() + rest.remaining();
            boolean returns = rest.hasRemaining() ? isReturn(rest) : begun.last() == '\r';
            check(returns ? length - 1 : length, false);
            begun.add(rest, rest.remaining());
            handOver(begun.frame(returns ? 1 : 0));
            return;
        }
        if (rest.hasRemaining() && isReturn(rest)) {
            rest.limit(rest.limit() - 1);
        }
        check(rest.remaining(), false);
        lines.frame(rest);
    }

    private static boolean isReturn(ByteBuffer rest) {
        return rest.get(rest.limit() - 1) == '\r';
    }

    private void handOver(ByteBuffer line) throws IOException {
        try {
            lines.frame(line);
        } finally {
            begun.clear();
        }
    }

    /** @param begun whether a CR may be the last of it */
    private void check(int length, boolean begun) throws FrameTooLongException {
        if (length > maxBytes + (begun ? 1 : 0)) {
            throw new FrameTooLongException(
                    "a line is longer than " + maxBytes + " bytes: there are " + length + " without an end");
        }
    }
}
