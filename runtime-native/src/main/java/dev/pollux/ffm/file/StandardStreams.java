package dev.pollux.ffm.file;

import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Poll;
import dev.pollux.ffm.sys.ReadWrite;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The descriptors 0, 1 and 2 that the process was started with, terminals included. Any system with native backends.
 *
 * <p>They stay in blocking mode. The mode belongs to the open file, which the shell and other processes started with it
 * share: a shell whose terminal turns non-blocking takes that for the end of its input. Instead each call asks poll(2) first
 * and does nothing unless the stream is ready. A call may still block if another process takes the input in between, or if
 * a terminal is stopped (Ctrl-S) in the middle of a write.
 *
 * <p>A terminal, a pipe or a socket can be watched by any native backend. A stream that is redirected from or to a file or
 * {@code /dev/null} cannot be watched by epoll, which refuses it with {@code EPERM}: the backends poll and select watch
 * it, and it is always ready, so it can as well be read to its end directly.
 *
 * <p>Closing one of these objects does not close the descriptor, whose number the next file to be opened would get. Data
 * that {@link System#in} has buffered is not seen here, so use one of the two.
 *
 * <p><b>Thread:</b> each object one at a time.
 */
public final class StandardStreams {

    private static final long ROOM_BYTES = Poll.POLLFD.byteSize();

    private StandardStreams() {}

    /** Returns standard input. */
    public static Input in() {
        return new Input();
    }

    /** Returns standard output. */
    public static Output out() {
        return new Output(1, "standard output");
    }

    /** Returns standard error. */
    public static Output err() {
        return new Output(2, "standard error");
    }

    /** Returns 0 if the stream is ready, and otherwise what a non-blocking one would say. */
    private static int refusal(int fd, int events, MemorySegment pollfd, Errno errno) {
        Poll.set(pollfd, 0, fd, events);
        int ready = Poll.poll(pollfd, 1, 0, errno);
        return ready > 0 ? 0 : ready == 0 ? -Errno.EAGAIN : ready;
    }

    /** Standard input. */
    public static final class Input extends NativeFile {

        private Input() {
            super(0, new Scratch(ROOM_BYTES), "standard input");
        }

        /**
         * Reads what is there into the remaining room of {@code buffer}, which must be direct, and moves its position on. A
         * terminal gives whole lines. Allocates nothing.
         *
         * @return the number of bytes; 0 if there is nothing yet, or no room; −1 at the end
         * @throws IllegalArgumentException if the buffer is on the heap
         */
        public int read(ByteBuffer buffer) throws IOException {
            return readInto(buffer);
        }

        /** Reads into native memory; otherwise as {@link #read(ByteBuffer)}. */
        public int read(MemorySegment target) throws IOException {
            return readInto(target);
        }

        @Override
        int receive(int fd, MemorySegment target, long at, int count, Errno errno) {
            int refused = refusal(fd, Poll.POLLIN, room(), errno);
            return refused != 0 ? refused : ReadWrite.read(fd, target, at, count, errno);
        }

        @Override
        void closeDescriptor(int fd, Errno errno) {}
    }

    /** Standard output or standard error. */
    public static final class Output extends NativeFile {

        /** {@code PIPE_BUF} (linux/limits.h): what a pipe that is ready takes without blocking, pipe(7). */
        private static final int PIPE_BUF = 4096;

        private Output(int fd, String name) {
            super(fd, new Scratch(ROOM_BYTES), name);
        }

        /**
         * Writes some of the remaining bytes of {@code buffer}, which must be direct, and moves its position on. Takes at
         * most 4096 bytes per call. Allocates nothing.
         *
         * @return the number of bytes; 0 if the stream takes none now: wait for WRITE
         * @throws IllegalArgumentException if the buffer is on the heap
         * @throws IOException {@code EPIPE} if no one reads any more
         */
        public int write(ByteBuffer buffer) throws IOException {
            return writeFrom(buffer);
        }

        /** Writes from native memory; otherwise as {@link #write(ByteBuffer)}. */
        public int write(MemorySegment source) throws IOException {
            return writeFrom(source);
        }

        @Override
        int transmit(int fd, MemorySegment source, long at, int count, Errno errno) {
            int refused = refusal(fd, Poll.POLLOUT, room(), errno);
            return refused != 0 ? refused : ReadWrite.write(fd, source, at, Math.min(count, PIPE_BUF), errno);
        }

        @Override
        void closeDescriptor(int fd, Errno errno) {}
    }
}
