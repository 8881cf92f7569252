package dev.pollux.ffm.file;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.internal.Syscalls;
import dev.pollux.ffm.sys.Abi;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Unistd;
import java.lang.foreign.MemorySegment;

/** A native file in the making. Closing it unwinds what has been done, unless the file was finished. */
final class OpeningFile implements AutoCloseable {

    private final Scratch scratch;
    private int fd = -1;
    private boolean finished;

    OpeningFile(long roomBytes) {
        scratch = new Scratch(roomBytes);
    }

    /** Takes over a descriptor, which is closed if that fails. */
    static OpeningFile of(int fd, long roomBytes) {
        try {
            OpeningFile opening = new OpeningFile(roomBytes);
            opening.fd = fd;
            return opening;
        } catch (Throwable failure) {
            Unistd.close(fd);
            throw failure;
        }
    }

    /**
     * Refuses to go on where Linux's calls are missing.
     *
     * @param what in the plural, as the message begins
     */
    static void requireLinux(String what, String instead) {
        if (!Abi.LINUX) {
            throw new UnsupportedOperationException(
                    what + " take calls that only Linux has, and this is " + Abi.OS + "; use " + instead);
        }
    }

    Scratch scratch() {
        return scratch;
    }

    Errno errno() {
        return scratch.errno();
    }

    MemorySegment room() {
        return scratch.room();
    }

    int fd() {
        return fd;
    }

    /** Takes over the descriptor that a call has returned, or throws what it was refused for. */
    OpeningFile opened(String call, int result) throws NativeIOException {
        fd = Syscalls.check(call, -1, result);
        return this;
    }

    int check(String call, int result) throws NativeIOException {
        return Syscalls.check(call, fd, result);
    }

    /** Returns {@code file}, which owns from now on what the opening did. */
    <F extends NativeFile> F finish(F file) {
        finished = true;
        return file;
    }

    @Override
    public void close() {
        if (!finished) {
            if (fd >= 0) {
                Unistd.close(fd);
            }
            scratch.free();
        }
    }
}
