package dev.pollux.ffm.file;

import dev.pollux.HasFd;
import dev.pollux.ffm.internal.Syscalls;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.ReadWrite;
import dev.pollux.ffm.sys.Unistd;
import dev.pollux.internal.leak.Leaks;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * An open descriptor and the memory for its calls. Every call stands between {@link #begin} and {@link #end}; the
 * descriptor is closed, once, when it is to be closed and no call is in progress. So no call can meet a number that has
 * become that of another file, nor memory that is free.
 */
abstract class NativeFile implements HasFd, Closeable {

    private static final VarHandle CALLS;

    static {
        try {
            CALLS = MethodHandles.lookup()
                    .findVarHandle(NativeFile.class, "calls", int.class)
                    .withInvokeExactBehavior();
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Added to the number of calls once the file is to be closed, which makes it negative. */
    private static final int CLOSED = Integer.MIN_VALUE;

    private final int fd;
    private final Scratch scratch;
    private final String description;
    private final Leaks.@Nullable Watch watch;

    // Where the bytes of the buffers used last are: to find out in each call would allocate.
    private BufferMemory readMemory = BufferMemory.NONE;
    private BufferMemory writeMemory = BufferMemory.NONE;

    /** How many are in progress; read and written through {@link #CALLS}. */
    private volatile int calls;

    /**
     * Takes over what {@code opening} has opened.
     *
     * @param subject what {@code toString} has besides the descriptor, or an empty string
     */
    NativeFile(OpeningFile opening, String subject) {
        this(opening.fd(), opening.scratch(), subject);
    }

    NativeFile(int fd, Scratch scratch, String subject) {
        this.fd = fd;
        this.scratch = scratch;
        this.description = subject.isEmpty() ? "" : ", " + subject;
        this.watch = Leaks.watch(this, describe("fd " + fd));
    }

    /** Returns the descriptor, or −1 once the file is closed. */
    @Override
    public final int fd() {
        return calls < 0 ? -1 : fd;
    }

    /** Returns whether {@code close} has not been called. */
    public final boolean isOpen() {
        return calls >= 0;
    }

    /**
     * Gives the descriptor back; if a call on another thread is in progress, when that ends. From now on {@code fd} is
     * −1 and every other method throws {@link ClosedChannelException}. Cancel a registration before.
     *
     * <p><b>Thread:</b> any. May be called more than once.
     */
    @Override
    public final void close() {
        int present;
        do {
            present = calls;
            if (present < 0) {
                return;
            }
        } while (!CALLS.compareAndSet(this, present, present + CLOSED));
        if (watch != null) {
            watch.closed();
        }
        closing();
        if (present == 0) {
            release();
        }
    }

    /** Called once, by the thread that closes, while the descriptor may still be open. */
    void closing() {}

    /** What close(2) answers does not matter: the descriptor is gone in any case. */
    void closeDescriptor(int fd, Errno errno) {
        Unistd.close(fd);
    }

    private void release() {
        closeDescriptor(fd, scratch.errno());
        scratch.free();
    }

    /** Returns the descriptor, which stays open until {@link #end}. */
    final int begin() throws ClosedChannelException {
        int present;
        do {
            present = calls;
            if (present < 0) {
                throw new ClosedChannelException();
            }
        } while (!CALLS.compareAndSet(this, present, present + 1));
        return fd;
    }

    final void end() {
        if ((int) CALLS.getAndAdd(this, -1) == CLOSED + 1) {
            release();
        }
    }

    final Errno errno() {
        return scratch.errno();
    }

    final MemorySegment room() {
        return scratch.room();
    }

    /** Returns {@code result} unless it is negative. */
    final int check(String call, int result) throws IOException {
        return result >= 0 ? result : Syscalls.check(call, fd, result);
    }

    /** The thread's own where it has one: that is in the processor's cache, where that of one file among many is not. */
    private Errno errnoOfTransfer() {
        return Thread.currentThread().isVirtual() ? scratch.errno() : Errno.ofThread();
    }

    /** Returns the number of bytes read into {@code buffer}, 0 if there is nothing yet, −1 at the end. */
    final int readInto(ByteBuffer buffer) throws IOException {
        requireDirect(buffer);
        if (buffer.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        BufferMemory memory = readMemory.of(buffer);
        readMemory = memory;
        try {
            int count = readInto(memory.base(), memory.atPosition(), buffer.remaining());
            if (count > 0) {
                buffer.position(buffer.position() + count);
            }
            return count;
        } finally {
            Reference.reachabilityFence(buffer);
        }
    }

    final int readInto(MemorySegment target) throws IOException {
        requireNative(target);
        return readInto(target, 0, (int) Math.min(target.byteSize(), Integer.MAX_VALUE));
    }

    private int readInto(MemorySegment target, long at, int room) throws IOException {
        int fd = begin();
        try {
            if (room == 0) {
                return 0;
            }
            Errno errno = errnoOfTransfer();
            int count;
            do {
                count = receive(fd, target, at, room, errno);
            } while (count == -Errno.EINTR);
            if (count == 0 && zeroBytesAreTheEnd()) {
                return -1;
            }
            return count >= 0 ? count : nothingIf(count, receiveCall());
        } finally {
            end();
        }
    }

    /** Returns the number of bytes written from {@code buffer}, 0 if there is no room. */
    final int writeFrom(ByteBuffer buffer) throws IOException {
        requireDirect(buffer);
        BufferMemory memory = writeMemory.of(buffer);
        writeMemory = memory;
        try {
            int count = writeFrom(memory.base(), memory.atPosition(), buffer.remaining());
            if (count > 0) {
                buffer.position(buffer.position() + count);
            }
            return count;
        } finally {
            Reference.reachabilityFence(buffer);
        }
    }

    final int writeFrom(MemorySegment source) throws IOException {
        requireNative(source);
        return writeFrom(source, 0, (int) Math.min(source.byteSize(), Integer.MAX_VALUE));
    }

    private int writeFrom(MemorySegment source, long at, int length) throws IOException {
        int fd = begin();
        try {
            if (length == 0 && zeroBytesAreTheEnd()) {
                return 0;
            }
            Errno errno = errnoOfTransfer();
            int count;
            do {
                count = transmit(fd, source, at, length, errno);
            } while (count == -Errno.EINTR);
            return count >= 0 ? count : nothingIf(count, transmitCall());
        } finally {
            end();
        }
    }

    /** Returns 0 if {@code refused} says that the call would block. */
    final int nothingIf(int refused, String call) throws IOException {
        return refused == -Errno.EAGAIN ? 0 : check(call, refused);
    }

    static void requireDirect(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException(
                    buffer + " is on the heap, where the kernel cannot reach it; use ByteBuffer.allocateDirect");
        }
    }

    static void requireNative(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException(
                    segment + " is on the heap, where the kernel cannot reach it; allocate it from an Arena");
        }
    }

    int receive(int fd, MemorySegment target, long at, int count, Errno errno) {
        return ReadWrite.read(fd, target, at, count, errno);
    }

    String receiveCall() {
        return "read";
    }

    int transmit(int fd, MemorySegment source, long at, int count, Errno errno) {
        return ReadWrite.write(fd, source, at, count, errno);
    }

    String transmitCall() {
        return "write";
    }

    /** Otherwise they are a message without content. */
    boolean zeroBytesAreTheEnd() {
        return true;
    }

    private String describe(String descriptor) {
        Class<?> whole = getClass().getEnclosingClass();
        String kind =
                (whole == null ? "" : whole.getSimpleName() + ".") + getClass().getSimpleName();
        return kind + "[" + descriptor + description + "]";
    }

    /** Returns the kind, the descriptor and what it belongs to, also when closed. */
    @Override
    public final String toString() {
        return describe(isOpen() ? "fd " + fd : "closed");
    }
}
