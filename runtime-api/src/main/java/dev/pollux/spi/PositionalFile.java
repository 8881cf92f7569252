package dev.pollux.spi;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file that is read and written at offsets, as operations use it. The methods do what those of
 * {@link java.nio.channels.FileChannel} do.
 *
 * <p><b>Thread:</b> any, several at once. They may block.
 */
public interface PositionalFile {

    /** Reads from {@code offset} on. Returns the number of bytes, −1 at or after the end of the file. */
    int read(ByteBuffer into, long offset) throws IOException;

    /** Writes from {@code offset} on. Returns the number of bytes. */
    int write(ByteBuffer from, long offset) throws IOException;

    /** Brings what was written to the disk; with {@code metaData} also what is not needed to read it again. */
    void force(boolean metaData) throws IOException;
}
