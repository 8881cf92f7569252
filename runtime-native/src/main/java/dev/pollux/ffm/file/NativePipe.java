package dev.pollux.ffm.file;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.pollux.ffm.internal.Syscalls;
import dev.pollux.ffm.sys.Pipe;
import dev.pollux.spi.KernelSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A pipe, pipe(7): what is written to one end is read from the other. Linux only, because elsewhere pipe2(2) is missing or
 * differs. Both ends are non-blocking, and neither is inherited by programs that the process starts.
 *
 * <p><b>Thread:</b> each end one at a time, not necessarily the same; {@code close} any.
 */
public final class NativePipe implements AutoCloseable {

    private final Reader reader;
    private final Writer writer;

    private NativePipe(Reader reader, Writer writer) {
        this.reader = reader;
        this.writer = writer;
    }

    /**
     * Opens a pipe.
     *
     * @throws UnsupportedOperationException if this is not Linux
     * @throws IOException if the kernel refuses; nothing stays open
     */
    public static NativePipe open() throws IOException {
        OpeningFile.requireLinux("native pipes", "java.nio.channels.Pipe with the backend nio");
        try (OpeningFile in = new OpeningFile(Pipe.FDS.byteSize());
                OpeningFile out = new OpeningFile(0)) {
            MemorySegment fds = in.room();
            Syscalls.check("pipe2", -1, Pipe.pipe2(fds, Pipe.O_CLOEXEC | Pipe.O_NONBLOCK, in.errno()));
            in.opened("pipe2", fds.getAtIndex(JAVA_INT, 0));
            out.opened("pipe2", fds.getAtIndex(JAVA_INT, 1));
            return new NativePipe(in.finish(new Reader(in)), out.finish(new Writer(out)));
        }
    }

    /** Returns the end to read from. */
    public Reader reader() {
        return reader;
    }

    /** Returns the end to write to. */
    public Writer writer() {
        return writer;
    }

    /** Closes both ends. May be called more than once, and after the ends were closed on their own. */
    @Override
    public void close() {
        reader.close();
        writer.close();
    }

    @Override
    public String toString() {
        return "NativePipe[" + reader + ", " + writer + "]";
    }

    /** The end to read from. */
    public static final class Reader extends NativeFile implements ReadableByteChannel, KernelSource {

        private Reader(OpeningFile opening) {
            super(opening, "");
        }

        /**
         * Reads what is there into the remaining room of {@code buffer}, which must be direct, and moves its position on.
         * Allocates nothing.
         *
         * @return the number of bytes; 0 if there is nothing yet, or no room; −1 once every writer is closed
         * @throws IllegalArgumentException if the buffer is on the heap
         */
        @Override
        public int read(ByteBuffer buffer) throws IOException {
            return readInto(buffer);
        }

        /** Reads into native memory; otherwise as {@link #read(ByteBuffer)}. */
        public int read(MemorySegment target) throws IOException {
            return readInto(target);
        }

        /** Returns false: this is no socket. */
        @Override
        public boolean isSocket() {
            return false;
        }
    }

    /** The end to write to. */
    public static final class Writer extends NativeFile implements WritableByteChannel, KernelSource {

        private Writer(OpeningFile opening) {
            super(opening, "");
        }

        /**
         * Writes what the pipe takes of the remaining bytes of {@code buffer}, which must be direct, and moves its
         * position on. Up to 4096 bytes are written as a whole or not at all. Allocates nothing.
         *
         * @return the number of bytes; 0 if the pipe is full: wait for WRITE
         * @throws IllegalArgumentException if the buffer is on the heap
         * @throws IOException {@code EPIPE} if every reader is closed
         */
        @Override
        public int write(ByteBuffer buffer) throws IOException {
            return writeFrom(buffer);
        }

        /** Writes from native memory; otherwise as {@link #write(ByteBuffer)}. */
        public int write(MemorySegment source) throws IOException {
            return writeFrom(source);
        }

        /** Returns false: this is no socket. */
        @Override
        public boolean isSocket() {
            return false;
        }
    }
}
