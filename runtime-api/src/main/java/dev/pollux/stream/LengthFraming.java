package dev.pollux.stream;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Cuts what is received into frames that begin with their length: four bytes, the highest first, which are no part of the frame
 * and do not count. Frames that came whole are handed over as they lie in the buffer, without a copy.
 *
 * <p><b>Thread:</b> one at a time.
 */
public final class LengthFraming {

    private static final int PREFIX_BYTES = 4;

    private final int maxBytes;
    private final Frame frames;
    private final FrameBuffer begun = new FrameBuffer();

    /** How many bytes of the prefix have come, and what they say so far. */
    private int prefixBytes;

    private int length;

    /**
     * Begins with the first frame.
     *
     * @param maxBytes the longest frame
     * @throws IllegalArgumentException if {@code maxBytes} is less than 1
     */
    public LengthFraming(int maxBytes, Frame frames) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes " + maxBytes + " is less than 1");
        }
        this.maxBytes = maxBytes;
        this.frames = frames;
    }

    /** Writes the prefix of a frame of {@code length} bytes. */
    public static void putLength(ByteBuffer into, int length) {
        into.put((byte) (length >>> 24))
                .put((byte) (length >>> 16))
                .put((byte) (length >>> 8))
                .put((byte) length);
    }

    /**
     * Takes all of {@code bytes} and hands over each frame that ends there.
     *
     * @throws FrameTooLongException if a frame says that it is too long, before anything is kept of it; nothing can be made of
     *     what follows
     * @throws IOException and others as the frames' taker; the rest of the bytes is not looked at then
     */
    public void add(ByteBuffer bytes) throws IOException {
        while (hasPrefix(bytes)) {
            int missing = length - begun.size();
            if (bytes.remaining() < missing) {
                begun.add(bytes, bytes.remaining());
                return;
            }
            prefixBytes = 0;
            if (begun.size() == 0) {
                handOver(bytes, missing);
            } else {
                begun.add(bytes, missing);
                try {
                    frames.frame(begun.frame(0));
                } finally {
                    begun.clear();
                }
            }
        }
    }

    private void handOver(ByteBuffer bytes, int count) throws IOException {
        int limit = bytes.limit();
        int end = bytes.position() + count;
        frames.frame(bytes.limit(end));
        bytes.limit(limit).position(end);
    }

    private boolean hasPrefix(ByteBuffer bytes) throws FrameTooLongException {
        while (prefixBytes < PREFIX_BYTES && bytes.hasRemaining()) {
            length = length << 8 | Byte.toUnsignedInt(bytes.get());
            if (++prefixBytes == PREFIX_BYTES && (length < 0 || length > maxBytes)) {
                throw new FrameTooLongException(
                        "a frame of " + Integer.toUnsignedString(length) + " bytes is longer than " + maxBytes);
            }
        }
        return prefixBytes == PREFIX_BYTES;
    }

    /**
     * Says that the input has ended.
     *
     * @throws java.io.EOFException if it did so within a frame
     */
    public void end() throws IOException {
        if (prefixBytes > 0) {
            throw new java.io.EOFException("the input ends within a frame: " + begun.size() + " of "
                    + (prefixBytes == PREFIX_BYTES
                            ? length + " bytes"
                            : "its bytes, and " + prefixBytes + " of 4 of its length"));
        }
    }
}
