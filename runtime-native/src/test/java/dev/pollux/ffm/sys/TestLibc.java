package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** What tests need of the C library, in the manner of this package: a negated error number if refused. */
public final class TestLibc {

    private static final MethodHandle PIPE2 = Libc.call("pipe2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SOCKETPAIR =
            Libc.call("socketpair", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle READ =
            Libc.call("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            Libc.call("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle DUP = Libc.call("dup", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle DUP2 = Libc.call("dup2", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle OPEN =
            Libc.variadic("open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle FCNTL =
            Libc.variadic("fcntl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

    public static final int O_CLOEXEC = 0x80000; // asm-generic/fcntl.h
    public static final int O_NONBLOCK = 0x800;
    public static final int O_RDONLY = 0;
    public static final int F_GETFD = 1;
    public static final int F_GETFL = 3;
    public static final int F_SETFL = 4;
    public static final int FD_CLOEXEC = 1;

    private static final int AF_UNIX = 1; // bits/socket.h
    private static final int SOCK_STREAM = 1; // bits/socket_type.h

    private TestLibc() {}

    /** Returns the read end and the write end, non-blocking. */
    public static int[] pipe() {
        return two(pair -> {
            try (Arena arena = Arena.ofConfined()) {
                Errno errno = new Errno(arena);
                return errno.orNegated((int) PIPE2.invokeExact(errno.state(), pair, O_CLOEXEC | O_NONBLOCK));
            }
        });
    }

    /** Returns two connected stream sockets, non-blocking. */
    public static int[] socketpair() {
        return two(pair -> {
            try (Arena arena = Arena.ofConfined()) {
                Errno errno = new Errno(arena);
                return errno.orNegated((int)
                        SOCKETPAIR.invokeExact(errno.state(), AF_UNIX, SOCK_STREAM | O_CLOEXEC | O_NONBLOCK, 0, pair));
            }
        });
    }

    /** Reads up to 1024 bytes and returns how many there were. */
    public static int read(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            return errno.orNegated((int) (long) READ.invokeExact(errno.state(), fd, arena.allocate(1024), 1024L));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Writes the characters of {@code text}. */
    public static int write(int fd, String text) {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            MemorySegment bytes = arena.allocateFrom(text, StandardCharsets.US_ASCII);
            return errno.orNegated((int) (long) WRITE.invokeExact(errno.state(), fd, bytes, (long) text.length()));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int dup(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            return errno.orNegated((int) DUP.invokeExact(errno.state(), fd));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int dup2(int fd, int wanted) {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            return errno.orNegated((int) DUP2.invokeExact(errno.state(), fd, wanted));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            return errno.orNegated((int) OPEN.invokeExact(errno.state(), arena.allocateFrom(path), flags, 0));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int fcntl(int fd, int command, int argument) {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            return errno.orNegated((int) FCNTL.invokeExact(errno.state(), fd, command, argument));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int close(int fd) {
        return Unistd.close(fd);
    }

    /** Returns an eventfd that is ready at once. */
    public static int readyEventFd() {
        try (Arena arena = Arena.ofConfined()) {
            return EventFd.eventfd(1, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK, new Errno(arena));
        }
    }

    private static int[] two(PairCall call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(JAVA_INT, 2);
            int result = call.into(pair);
            if (result < 0) {
                throw new AssertionError(Errno.name(-result));
            }
            return pair.toArray(JAVA_INT);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    @FunctionalInterface
    private interface PairCall {

        int into(MemorySegment pair) throws Throwable;
    }
}
