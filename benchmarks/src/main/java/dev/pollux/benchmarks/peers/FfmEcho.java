package dev.pollux.benchmarks.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An echo server of bare calls to C through {@code java.lang.foreign}, for Linux on x86-64: what a library on this JVM can
 * reach. The same program as the C one, and as careless: what fails ends it.
 *
 * <p><b>Thread:</b> the loop thread, once it runs.
 */
final class FfmEcho implements Runnable {

    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO = Linker.Option.captureStateLayout()
            .varHandle(PathElement.groupElement("errno"))
            .withInvokeExactBehavior();

    private static final FunctionDescriptor THREE_INTS = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SOCKET = captured("socket", THREE_INTS);
    private static final MethodHandle BIND =
            captured("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle LISTEN = captured("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle GETSOCKNAME =
            captured("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle ACCEPT4 =
            captured("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle SETSOCKOPT =
            captured("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CLOSE = captured("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle EPOLL_CREATE1 =
            captured("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle EPOLL_CTL =
            captured("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));

    // The three of every request, without the error number; a failed one is repeated with it.
    private static final FunctionDescriptor WAIT =
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle EPOLL_WAIT = plain("epoll_wait", WAIT);
    private static final MethodHandle FAILED_EPOLL_WAIT = captured("epoll_wait", WAIT);
    private static final FunctionDescriptor TRANSFER =
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle RECV = plain("recv", TRANSFER);
    private static final MethodHandle FAILED_RECV = captured("recv", TRANSFER);
    private static final MethodHandle SEND = plain("send", TRANSFER);
    private static final MethodHandle FAILED_SEND = captured("send", TRANSFER);

    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK_CLOEXEC = 0x80800;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int EPOLLIN = 1;
    private static final int EPOLLOUT = 4;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_MOD = 3;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;

    /** {@code struct epoll_event} is packed on this processor: four bytes of events, eight of data, here a descriptor. */
    private static final int EVENT_BYTES = 12;

    private static final int DATA_AT = 4;
    private static final int MAX_EVENTS = 1024;
    private static final int ADDRESS_BYTES = 16;

    /** A cache line: the kernel copies faster to where one begins. */
    private static final int ALIGNMENT = 64;

    private final MemorySegment errno = Arena.global().allocate(Linker.Option.captureStateLayout());
    private final MemorySegment room = Arena.global().allocate(ADDRESS_BYTES + Integer.BYTES, Long.BYTES);
    private final MemorySegment events = Arena.global().allocate(MAX_EVENTS * EVENT_BYTES, Long.BYTES);
    private final MemorySegment buffer = Arena.global().allocate(Echo.BUFFER_BYTES, ALIGNMENT);
    private final int listener;
    private final int epfd;

    /** By descriptor: what the peer has not taken yet, or null while it takes everything. */
    private @Nullable Rest[] rests = new Rest[MAX_EVENTS];

    /** Bytes from {@code at} on are left. */
    private static final class Rest {
        private final Arena arena = Arena.ofConfined();
        private final MemorySegment bytes;
        private long at;

        Rest(MemorySegment unsent) {
            bytes = arena.allocate(unsent.byteSize()).copyFrom(unsent);
        }
    }

    private FfmEcho() throws Throwable {
        listener = check((int) SOCKET.invokeExact(errno, AF_INET, SOCK_STREAM | SOCK_NONBLOCK_CLOEXEC, 0));
        epfd = check((int) EPOLL_CREATE1.invokeExact(errno, EPOLL_CLOEXEC));
    }

    /** Serves at 127.0.0.1. */
    static RunningServer start(int port) throws IOException {
        try {
            FfmEcho server = new FfmEcho();
            int bound = server.listen(port);
            Thread loop = new Thread(server, Answers.LOOP_THREAD);
            loop.start();
            return new RunningServer(bound, loop.threadId());
        } catch (Throwable t) {
            throw new IOException(t);
        }
    }

    private int listen(int port) throws Throwable {
        room.set(JAVA_SHORT, 0, (short) AF_INET);
        room.set(JAVA_SHORT, 2, Short.reverseBytes((short) port));
        room.set(JAVA_INT, 4, Integer.reverseBytes(0x7f000001));
        check((int) BIND.invokeExact(errno, listener, room, ADDRESS_BYTES));
        check((int) LISTEN.invokeExact(errno, listener, RunningServer.BACKLOG));
        room.set(JAVA_INT, ADDRESS_BYTES, ADDRESS_BYTES);
        check((int) GETSOCKNAME.invokeExact(errno, listener, room, room.asSlice(ADDRESS_BYTES)));
        int bound = Short.toUnsignedInt(Short.reverseBytes(room.get(JAVA_SHORT, 2)));
        watch(EPOLL_CTL_ADD, listener, EPOLLIN);
        return bound;
    }

    @Override
    public void run() {
        try {
            while (true) {
                turn();
            }
        } catch (Throwable t) {
            Answers.end(t);
        }
    }

    private void turn() throws Throwable {
        int count = (int) EPOLL_WAIT.invokeExact(epfd, events, MAX_EVENTS, -1);
        if (count < 0) {
            count = orZero((int) FAILED_EPOLL_WAIT.invokeExact(errno, epfd, events, MAX_EVENTS, 0));
        }
        for (int i = 0; i < count; i++) {
            int fd = events.get(JAVA_INT_UNALIGNED, (long) i * EVENT_BYTES + DATA_AT);
            if (fd == listener) {
                acceptAll();
            } else if (rests[fd] != null) {
                sendRest(fd, rests[fd]);
            } else {
                echo(fd);
            }
        }
    }

    private void acceptAll() throws Throwable {
        while (true) {
            int fd = (int)
                    ACCEPT4.invokeExact(errno, listener, MemorySegment.NULL, MemorySegment.NULL, SOCK_NONBLOCK_CLOEXEC);
            if (fd < 0) {
                orZero(fd);
                return;
            }
            room.set(JAVA_INT, 0, 1);
            check((int) SETSOCKOPT.invokeExact(errno, fd, IPPROTO_TCP, TCP_NODELAY, room, Integer.BYTES));
            if (fd >= rests.length) {
                rests = Arrays.copyOf(rests, fd * 2);
            }
            watch(EPOLL_CTL_ADD, fd, EPOLLIN);
        }
    }

    private void echo(int fd) throws Throwable {
        long count = (long) RECV.invokeExact(fd, buffer, (long) Echo.BUFFER_BYTES, 0);
        if (count < 0) {
            count = (long) FAILED_RECV.invokeExact(errno, fd, buffer, (long) Echo.BUFFER_BYTES, 0);
            if (count < 0) {
                orZero((int) count);
                return;
            }
        }
        if (count == 0) {
            check((int) CLOSE.invokeExact(errno, fd));
            return;
        }
        long sent = send(fd, buffer, count);
        if (sent < count) {
            rests[fd] = new Rest(buffer.asSlice(sent, count - sent));
            watch(EPOLL_CTL_MOD, fd, EPOLLOUT);
        }
    }

    private long send(int fd, MemorySegment bytes, long count) throws Throwable {
        long sent = (long) SEND.invokeExact(fd, bytes, count, MSG_NOSIGNAL);
        return sent >= 0 ? sent : orZero((int) (long) FAILED_SEND.invokeExact(errno, fd, bytes, count, MSG_NOSIGNAL));
    }

    private void sendRest(int fd, Rest rest) throws Throwable {
        rest.at += send(fd, rest.bytes.asSlice(rest.at), rest.bytes.byteSize() - rest.at);
        if (rest.at == rest.bytes.byteSize()) {
            rest.arena.close();
            rests[fd] = null;
            watch(EPOLL_CTL_MOD, fd, EPOLLIN);
        }
    }

    private void watch(int operation, int fd, int bits) throws Throwable {
        room.set(JAVA_INT, 0, bits);
        room.set(JAVA_INT, DATA_AT, fd);
        check((int) EPOLL_CTL.invokeExact(errno, epfd, operation, fd, room));
    }

    /** Returns {@code result}, or 0 if the call would have blocked or was interrupted. */
    private int orZero(int result) {
        int number = result < 0 ? (int) ERRNO.get(errno, 0L) : 0;
        return number == EAGAIN || number == EINTR ? 0 : check(result);
    }

    private int check(int result) {
        if (result < 0) {
            throw new IllegalStateException("errno " + (int) ERRNO.get(errno, 0L));
        }
        return result;
    }

    private static MethodHandle captured(String name, FunctionDescriptor type) {
        return link(name, type, CAPTURE);
    }

    private static MethodHandle plain(String name, FunctionDescriptor type) {
        return link(name, type);
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(String name, FunctionDescriptor type, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
    }
}
