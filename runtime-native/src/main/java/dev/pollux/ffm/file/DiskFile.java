package dev.pollux.ffm.file;

import dev.pollux.ffm.internal.Syscalls;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Fsync;
import dev.pollux.ffm.sys.Lseek;
import dev.pollux.ffm.sys.Open;
import dev.pollux.ffm.sys.ReadWrite;
import dev.pollux.spi.KernelSource;
import dev.pollux.spi.PositionalFile;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.file.FileSystems;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A file that is read and written at offsets, pread(2) and pwrite(2). Linux only. It is not inherited by programs that the
 * process starts.
 *
 * <p>Its methods block while the disk is slow: with operations, the kernel or another thread does that. A file is always
 * ready, so there is nothing to watch.
 *
 * <p><b>Thread:</b> any, several at once, each with a buffer of its own.
 */
public final class DiskFile extends NativeFile implements PositionalFile, KernelSource {

    // Where the bytes of the buffers used last are: to find out in each call would allocate.
    private BufferMemory readMemory = BufferMemory.NONE;
    private BufferMemory writeMemory = BufferMemory.NONE;

    private DiskFile(OpeningFile opening, Path path) {
        super(opening, path.toString());
    }

    /**
     * Opens a file.
     *
     * @param options as {@link java.nio.channels.FileChannel#open}, {@link StandardOpenOption#READ READ} if there is none;
     *     {@link LinkOption#NOFOLLOW_LINKS} too
     * @throws UnsupportedOperationException for {@link StandardOpenOption#APPEND APPEND}, which knows no offsets, and
     *     {@link StandardOpenOption#DELETE_ON_CLOSE DELETE_ON_CLOSE}; for options of others, direct I/O ({@code O_DIRECT}) among
     *     them; and if this is not Linux
     * @throws ProviderMismatchException if {@code path} is not of the default file system
     * @throws IOException if the kernel does not open it, for instance {@code ENOENT}; names the path
     */
    public static DiskFile open(Path path, OpenOption... options) throws IOException {
        Objects.requireNonNull(path, "path");
        int flags = flags(Set.copyOf(List.of(options)));
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw new ProviderMismatchException(
                    path + " is a file of " + path.getFileSystem() + ", which has no descriptors");
        }
        OpeningFile.requireLinux("native files", "java.nio.channels.FileChannel");
        try (OpeningFile opening = new OpeningFile(0)) {
            int result;
            do {
                result = Open.open(path.toString(), flags, Open.MODE_OF_FILES, opening.errno());
            } while (result == -Errno.EINTR);
            opening.opened("open(" + path + ")", result);
            return opening.finish(new DiskFile(opening, path));
        }
    }

    private static int flags(Set<OpenOption> options) {
        boolean writes = options.contains(StandardOpenOption.WRITE);
        boolean reads = options.contains(StandardOpenOption.READ) || !writes;
        int flags = Open.O_CLOEXEC | (!writes ? Open.O_RDONLY : reads ? Open.O_RDWR : Open.O_WRONLY);
        for (OpenOption option : options) {
            flags |= flag(option, writes);
        }
        return flags;
    }

    /** What makes or cuts a file does nothing to one that is only read, as with channels. */
    private static int flag(OpenOption option, boolean writes) {
        if (option instanceof StandardOpenOption standard) {
            return switch (standard) {
                case READ, WRITE, SPARSE -> 0;
                case TRUNCATE_EXISTING -> writes ? Open.O_TRUNC : 0;
                case CREATE -> writes ? Open.O_CREAT : 0;
                case CREATE_NEW -> writes ? Open.O_CREAT | Open.O_EXCL : 0;
                case SYNC -> Open.O_SYNC;
                case DSYNC -> Open.O_DSYNC;
                default ->
                    throw new UnsupportedOperationException(
                            option + " is no option of a file that is written at offsets; use FileChannel");
            };
        }
        if (option == LinkOption.NOFOLLOW_LINKS) {
            return Open.O_NOFOLLOW;
        }
        throw new UnsupportedOperationException(option + " is not supported; use FileChannel");
    }

    /**
     * Reads from {@code offset} on into the remaining room of {@code into}, which must be direct, and moves its position on.
     *
     * @return the number of bytes; 0 if there is no room; −1 at or after the end of the file
     * @throws IllegalArgumentException if the buffer is on the heap or the offset below 0
     * @throws IOException {@code EBADF} if it is not open for reading
     */
    @Override
    public int read(ByteBuffer into, long offset) throws IOException {
        requireDirect(into);
        requireOffset(offset);
        if (into.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        int fd = begin();
        try {
            if (!into.hasRemaining()) {
                return 0;
            }
            BufferMemory memory = readMemory.of(into);
            readMemory = memory;
            Errno errno = Errno.ofThread();
            int count;
            do {
                count = ReadWrite.pread(fd, memory.base(), memory.atPosition(), into.remaining(), offset, errno);
            } while (count == -Errno.EINTR);
            return count == 0 ? -1 : moved(into, check("pread", count));
        } finally {
            end();
            Reference.reachabilityFence(into);
        }
    }

    /**
     * Writes the remaining bytes of {@code from}, which must be direct, from {@code offset} on, and moves its position on.
     *
     * @return the number of bytes, which may be fewer if the disk becomes full
     * @throws IllegalArgumentException if the buffer is on the heap or the offset below 0
     * @throws IOException {@code EBADF} if it is not open for writing, {@code ENOSPC} if the disk is full
     */
    @Override
    public int write(ByteBuffer from, long offset) throws IOException {
        requireDirect(from);
        requireOffset(offset);
        int fd = begin();
        try {
            BufferMemory memory = writeMemory.of(from);
            writeMemory = memory;
            Errno errno = Errno.ofThread();
            int count;
            do {
                count = ReadWrite.pwrite(fd, memory.base(), memory.atPosition(), from.remaining(), offset, errno);
            } while (count == -Errno.EINTR);
            return moved(from, check("pwrite", count));
        } finally {
            end();
            Reference.reachabilityFence(from);
        }
    }

    private static int moved(ByteBuffer buffer, int count) {
        buffer.position(buffer.position() + count);
        return count;
    }

    private static void requireOffset(long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset " + offset + " is below 0");
        }
    }

    /**
     * Brings what was written to the disk.
     *
     * @param metaData whether also what is not needed to read it again, as the time of the last change
     * @throws IOException {@code EIO} if the disk failed: what was written since the last success may be lost
     */
    @Override
    public void force(boolean metaData) throws IOException {
        int fd = begin();
        try {
            Errno errno = Errno.ofThread();
            if (metaData) {
                check("fsync", Fsync.fsync(fd, errno));
            } else {
                check("fdatasync", Fsync.fdatasync(fd, errno));
            }
        } finally {
            end();
        }
    }

    /** Returns the size in bytes. */
    public long size() throws IOException {
        int fd = begin();
        try {
            long size = Lseek.size(fd, Errno.ofThread());
            return size >= 0 ? size : Syscalls.check("lseek", fd, (int) size);
        } finally {
            end();
        }
    }

    /** Returns false: this is no socket. */
    @Override
    public boolean isSocket() {
        return false;
    }
}
