package dev.pollux.ffm.testing;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.tck.source.Descriptors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The system calls that the conformance kit needs to test a backend on raw descriptors, on Linux. Needs Java 22 and
 * nothing of Pollux but the kit: the calls are bound here once more, so that a fault of a native backend cannot hide in
 * both. Published as the test artifact of {@code runtime-native}.
 *
 * <p><b>Thread:</b> any.
 */
public final class LibcDescriptors implements Descriptors {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO_VALUE =
            Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle PIPE2 = call("pipe2", ADDRESS, JAVA_INT);
    private static final MethodHandle SOCKETPAIR = call("socketpair", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle OPEN = variadic("open", ADDRESS, JAVA_INT);
    private static final MethodHandle FCNTL = variadic("fcntl", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle DUP3 = call("dup3", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = call("close", JAVA_INT);
    private static final MethodHandle READ = sized("read", JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle WRITE = sized("write", JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle SEND = sized("send", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SHUTDOWN = call("shutdown", JAVA_INT, JAVA_INT);
    private static final MethodHandle SOCKET = call("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = call("bind", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle LISTEN = call("listen", JAVA_INT, JAVA_INT);
    private static final MethodHandle GETSOCKNAME = call("getsockname", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle CONNECT = call("connect", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle ACCEPT4 = call("accept4", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle PREAD = sized("pread", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PWRITE = sized("pwrite", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle POLL = call("poll", ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle PTHREAD_SELF = handle("pthread_self", FunctionDescriptor.of(JAVA_LONG));
    private static final MethodHandle PTHREAD_KILL =
            handle("pthread_kill", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));

    // Of asm-generic/fcntl.h, bits/socket.h, bits/poll.h and asm-generic/errno.h.
    private static final int O_RDONLY = 0;
    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SHUT_WR = 1;
    private static final int MSG_OOB = 1;
    private static final int BACKLOG = 128;
    private static final int POLLIN = 1;
    private static final int POLLPRI = 2;
    private static final int POLLOUT = 4;
    private static final int POLLERR = 8;
    private static final int POLLHUP = 0x10;
    private static final int POLLNVAL = 0x20;
    private static final int EAGAIN = 11;
    private static final int EOPNOTSUPP = 95;

    private static final Map<Integer, String> ERRNO_NAMES =
            Map.of(2, "ENOENT", 9, "EBADF", 11, "EAGAIN", 13, "EACCES", 22, "EINVAL", 24, "EMFILE", 32, "EPIPE");

    /** {@code __SIGRTMAX - 2}: the JDK ends blocking calls with it, by a handler that does nothing (NativeThread.c). */
    private static final int JDK_INTERRUPT_SIGNAL = 62;

    @SuppressWarnings("restricted") // Tests of native code are run with it allowed.
    private static MethodHandle handle(String name, FunctionDescriptor type, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), type, options);
    }

    private static MethodHandle call(String name, MemoryLayout... parameters) {
        return handle(name, FunctionDescriptor.of(JAVA_INT, parameters), ERRNO);
    }

    private static MethodHandle variadic(String name, MemoryLayout... parameters) {
        return handle(name, FunctionDescriptor.of(JAVA_INT, parameters), ERRNO, Linker.Option.firstVariadicArg(2));
    }

    private static MethodHandle sized(String name, MemoryLayout... parameters) {
        return handle(name, FunctionDescriptor.of(JAVA_LONG, parameters), ERRNO);
    }

    /** One call: the memory for its arguments, and where it leaves its error. */
    private interface Call {

        long make(Arena arena, MemorySegment errno) throws Throwable;
    }

    /** Returns the result, or what is in {@code errno} as a negative number. */
    private static int result(Call call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            long result = call.make(arena, errno);
            return result < 0 ? -(int) ERRNO_VALUE.get(errno, 0L) : (int) result;
        } catch (RuntimeException | Error unchecked) {
            throw unchecked;
        } catch (Throwable unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    private static int checked(String name, int fd, int result) throws IOException {
        if (result < 0) {
            throw new NativeIOException(
                    name, fd, -result, ERRNO_NAMES.getOrDefault(-result, "errno " + -result), "in a test");
        }
        return result;
    }

    @Override
    public Pair pipe() throws IOException {
        int[] ends = new int[2];
        checked("pipe2", -1, result((arena, errno) -> {
            MemorySegment pair = arena.allocate(JAVA_INT, 2);
            int result = (int) PIPE2.invokeExact(errno, pair, O_NONBLOCK | O_CLOEXEC);
            MemorySegment.copy(pair, JAVA_INT, 0, ends, 0, 2);
            return result;
        }));
        return new Pair(ends[0], ends[1]);
    }

    @Override
    public Pair socketPair() throws IOException {
        int[] ends = new int[2];
        checked("socketpair", -1, result((arena, errno) -> {
            MemorySegment pair = arena.allocate(JAVA_INT, 2);
            int type = SOCK_STREAM | O_NONBLOCK | O_CLOEXEC;
            int result = (int) SOCKETPAIR.invokeExact(errno, AF_UNIX, type, 0, pair);
            MemorySegment.copy(pair, JAVA_INT, 0, ends, 0, 2);
            return result;
        }));
        return new Pair(ends[0], ends[1]);
    }

    @Override
    public int open(Path path) throws IOException {
        return checked("open", -1, result((arena, errno) -> {
            MemorySegment name = arena.allocateFrom(path.toString());
            return (int) OPEN.invokeExact(errno, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        }));
    }

    @Override
    public int dup(int fd) throws IOException {
        return checked("fcntl", fd, result((arena, errno) -> (int) FCNTL.invokeExact(errno, fd, F_DUPFD_CLOEXEC, 0)));
    }

    @Override
    public void dup2(int fd, int number) throws IOException {
        checked("dup3", fd, result((arena, errno) -> (int) DUP3.invokeExact(errno, fd, number, O_CLOEXEC)));
    }

    @Override
    public void close(int fd) throws IOException {
        checked("close", fd, result((arena, errno) -> (int) CLOSE.invokeExact(errno, fd)));
    }

    @Override
    public int read(int fd, byte[] into) throws IOException {
        int count = result((arena, errno) -> {
            MemorySegment buffer = arena.allocate(into.length);
            long read = (long) READ.invokeExact(errno, fd, buffer, (long) into.length);
            MemorySegment.copy(buffer, JAVA_BYTE, 0, into, 0, (int) Math.max(0, read));
            return read;
        });
        if (count == -EAGAIN) {
            return 0;
        }
        return checked("read", fd, count) == 0 ? -1 : count;
    }

    @Override
    public int write(int fd, byte[] from) throws IOException {
        int count = result((arena, errno) -> {
            MemorySegment buffer = arena.allocateFrom(JAVA_BYTE, from);
            return (long) WRITE.invokeExact(errno, fd, buffer, (long) from.length);
        });
        return count == -EAGAIN ? 0 : checked("write", fd, count);
    }

    @Override
    public void shutdownOutput(int fd) throws IOException {
        checked("shutdown", fd, result((arena, errno) -> (int) SHUTDOWN.invokeExact(errno, fd, SHUT_WR)));
    }

    /** Unix-domain sockets have urgent data since Linux 5.15, if it is built with {@code CONFIG_AF_UNIX_OOB}. */
    @Override
    public void sendUrgent(int fd) throws IOException {
        int count = result((arena, errno) -> {
            MemorySegment buffer = arena.allocateFrom(JAVA_BYTE, (byte) '!');
            return (long) SEND.invokeExact(errno, fd, buffer, 1L, MSG_OOB);
        });
        if (count == -EOPNOTSUPP) {
            throw new UnsupportedOperationException("fd " + fd + ": this kernel has no urgent data on such sockets");
        }
        checked("send", fd, count);
    }

    @Override
    public OptionalInt poll(int fd) {
        int[] revents = new int[1];
        int count = result((arena, errno) -> {
            MemorySegment entry = arena.allocate(8, 4); // struct pollfd: int fd, short events, short revents
            entry.set(JAVA_INT, 0, fd);
            entry.set(JAVA_SHORT, 4, (short) (POLLIN | POLLPRI | POLLOUT));
            int result = (int) POLL.invokeExact(errno, entry, 1L, 0);
            revents[0] = entry.get(JAVA_SHORT, 6);
            return result;
        });
        return count < 0 ? OptionalInt.empty() : OptionalInt.of(toEvents(revents[0]));
    }

    private static int toEvents(int revents) {
        return ((revents & POLLIN) != 0 ? Events.READ : 0)
                | ((revents & POLLPRI) != 0 ? Events.PRIORITY : 0)
                | ((revents & POLLOUT) != 0 ? Events.WRITE : 0)
                | ((revents & POLLERR) != 0 ? Events.ERROR : 0)
                | ((revents & POLLHUP) != 0 ? Events.HANGUP : 0)
                | ((revents & POLLNVAL) != 0 ? Events.INVALID : 0);
    }

    @Override
    public long currentThread() {
        try {
            return (long) PTHREAD_SELF.invokeExact();
        } catch (Throwable unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    @Override
    public void signal(long thread) {
        int error;
        try {
            error = (int) PTHREAD_KILL.invokeExact(thread, JDK_INTERRUPT_SIGNAL);
        } catch (Throwable unexpected) {
            throw new AssertionError(unexpected);
        }
        // Signals of this kind are queued; a full queue means that there are enough.
        if (error != 0 && error != EAGAIN) {
            throw new AssertionError("pthread_kill: errno " + error);
        }
    }

    /** A Unix-domain socket with a name that the kernel chooses, unix(7), "Autobind feature". */
    @Override
    public int listen() throws IOException {
        int type = SOCK_STREAM | O_NONBLOCK | O_CLOEXEC;
        int fd = checked("socket", -1, result((arena, errno) -> (int) SOCKET.invokeExact(errno, AF_UNIX, type, 0)));
        checked("bind", fd, result((arena, errno) -> {
            MemorySegment family = arena.allocate(JAVA_SHORT);
            family.set(JAVA_SHORT, 0, (short) AF_UNIX);
            return (int) BIND.invokeExact(errno, fd, family, (int) JAVA_SHORT.byteSize());
        }));
        checked("listen", fd, result((arena, errno) -> (int) LISTEN.invokeExact(errno, fd, BACKLOG)));
        return fd;
    }

    @Override
    public int connect(int listener) throws IOException {
        int type = SOCK_STREAM | O_NONBLOCK | O_CLOEXEC;
        int fd = checked("socket", -1, result((arena, errno) -> (int) SOCKET.invokeExact(errno, AF_UNIX, type, 0)));
        checked("connect", fd, result((arena, errno) -> {
            MemorySegment name = arena.allocate(110, 2); // struct sockaddr_un
            MemorySegment length = arena.allocateFrom(JAVA_INT, 110);
            int named = (int) GETSOCKNAME.invokeExact(errno, listener, name, length);
            return named < 0 ? named : (int) CONNECT.invokeExact(errno, fd, name, length.get(JAVA_INT, 0));
        }));
        return fd;
    }

    @Override
    public int accept(int listener) throws IOException {
        int fd = result((arena, errno) -> (int)
                ACCEPT4.invokeExact(errno, listener, MemorySegment.NULL, MemorySegment.NULL, O_NONBLOCK | O_CLOEXEC));
        return fd == -EAGAIN ? -1 : checked("accept4", listener, fd);
    }

    @Override
    public int openForUpdate(Path path) throws IOException {
        return checked("open", -1, result((arena, errno) -> {
            MemorySegment name = arena.allocateFrom(path.toString());
            return (int) OPEN.invokeExact(errno, name, O_RDWR | O_CLOEXEC);
        }));
    }

    @Override
    public int readAt(int fd, byte[] into, long offset) throws IOException {
        int count = checked("pread", fd, result((arena, errno) -> {
            MemorySegment buffer = arena.allocate(into.length);
            long read = (long) PREAD.invokeExact(errno, fd, buffer, (long) into.length, offset);
            MemorySegment.copy(buffer, JAVA_BYTE, 0, into, 0, (int) Math.max(0, read));
            return read;
        }));
        return count == 0 ? -1 : count;
    }

    @Override
    public int writeAt(int fd, byte[] from, long offset) throws IOException {
        return checked("pwrite", fd, result((arena, errno) -> {
            MemorySegment buffer = arena.allocateFrom(JAVA_BYTE, from);
            return (long) PWRITE.invokeExact(errno, fd, buffer, (long) from.length, offset);
        }));
    }
}
