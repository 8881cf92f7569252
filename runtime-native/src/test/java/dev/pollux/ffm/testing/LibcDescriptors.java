package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.tck.source.Descriptors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.OptionalInt;

/** The system calls that the conformance kit needs, on Linux. */
public final class LibcDescriptors implements Descriptors {

    private static final MethodHandle READ =
            Libc.call("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            Libc.call("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle SHUTDOWN =
            Libc.call("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle PTHREAD_SELF =
            Libc.callWithoutErrno("pthread_self", FunctionDescriptor.of(JAVA_LONG));
    private static final MethodHandle PTHREAD_KILL =
            Libc.callWithoutErrno("pthread_kill", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));

    private static final int F_SETFD = 2; // bits/fcntl-linux.h
    private static final int SHUT_WR = 1; // bits/socket.h

    /** {@code __SIGRTMAX - 2}: the JDK ends blocking calls with it, by a handler that does nothing (NativeThread.c). */
    private static final int JDK_INTERRUPT_SIGNAL = 62;

    @Override
    public Pair pipe() {
        int[] pipe = TestLibc.pipe();
        return new Pair(pipe[0], pipe[1]);
    }

    @Override
    public Pair socketPair() {
        int[] pair = TestLibc.socketpair();
        return new Pair(pair[0], pair[1]);
    }

    @Override
    public int open(Path path) throws IOException {
        int flags = TestLibc.O_RDONLY | TestLibc.O_NONBLOCK | TestLibc.O_CLOEXEC;
        return check("open", -1, TestLibc.open(path.toString(), flags));
    }

    @Override
    public int dup(int fd) throws IOException {
        return closedOnExec(check("dup", fd, TestLibc.dup(fd)));
    }

    @Override
    public void dup2(int fd, int number) throws IOException {
        closedOnExec(check("dup2", fd, TestLibc.dup2(fd, number)));
    }

    private static int closedOnExec(int fd) throws IOException {
        check("fcntl", fd, TestLibc.fcntl(fd, F_SETFD, TestLibc.FD_CLOEXEC));
        return fd;
    }

    @Override
    public void close(int fd) throws IOException {
        check("close", fd, TestLibc.close(fd));
    }

    @Override
    public int read(int fd, byte[] into) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            MemorySegment buffer = arena.allocate(into.length);
            int count = errno.orNegated((int) (long) READ.invokeExact(errno.state(), fd, buffer, (long) into.length));
            if (count == -Errno.EAGAIN) {
                return 0;
            }
            MemorySegment.copy(buffer, JAVA_BYTE, 0, into, 0, check("read", fd, count));
            return count == 0 ? -1 : count;
        } catch (IOException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    @Override
    public int write(int fd, byte[] from) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            MemorySegment buffer = arena.allocateFrom(JAVA_BYTE, from);
            int count = errno.orNegated((int) (long) WRITE.invokeExact(errno.state(), fd, buffer, (long) from.length));
            return count == -Errno.EAGAIN ? 0 : check("write", fd, count);
        } catch (IOException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    @Override
    public void shutdownOutput(int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            check("shutdown", fd, errno.orNegated((int) SHUTDOWN.invokeExact(errno.state(), fd, SHUT_WR)));
        } catch (IOException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    @Override
    public OptionalInt poll(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            MemorySegment entry = arena.allocate(Poll.POLLFD);
            Poll.set(entry, 0, fd, Poll.POLLIN | Poll.POLLPRI | Poll.POLLOUT);
            int ready = Poll.poll(entry, 1, 0, errno);
            return ready < 0 ? OptionalInt.empty() : OptionalInt.of(toEvents(Poll.revents(entry, 0)));
        }
    }

    private static int toEvents(int revents) {
        return ((revents & Poll.POLLIN) != 0 ? Events.READ : 0)
                | ((revents & Poll.POLLPRI) != 0 ? Events.PRIORITY : 0)
                | ((revents & Poll.POLLOUT) != 0 ? Events.WRITE : 0)
                | ((revents & Poll.POLLERR) != 0 ? Events.ERROR : 0)
                | ((revents & Poll.POLLHUP) != 0 ? Events.HANGUP : 0)
                | ((revents & Poll.POLLNVAL) != 0 ? Events.INVALID : 0);
    }

    @Override
    public long currentThread() {
        try {
            return (long) PTHREAD_SELF.invokeExact();
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    @Override
    public void signal(long thread) {
        int result;
        try {
            result = (int) PTHREAD_KILL.invokeExact(thread, JDK_INTERRUPT_SIGNAL);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
        // Signals of this kind are queued; a full queue means that there are enough.
        if (result != 0 && result != Errno.EAGAIN) {
            throw new AssertionError("pthread_kill: " + Errno.name(result));
        }
    }

    private static int check(String call, int fd, int result) throws IOException {
        if (result < 0) {
            throw new NativeIOException(call, fd, -result, Errno.name(-result), "in a test");
        }
        return result;
    }
}
