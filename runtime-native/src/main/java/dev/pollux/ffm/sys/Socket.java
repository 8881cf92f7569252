package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** sys/socket.h, with the constants of Linux. */
public final class Socket {

    // int socket(int domain, int type, int protocol);
    private static final CFunction SOCKET = CFunction.of("socket");

    // int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
    private static final CFunction BIND = CFunction.of("bind");

    // int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
    private static final CFunction CONNECT = CFunction.of("connect");

    // int listen(int sockfd, int backlog);
    private static final CFunction LISTEN = CFunction.of("listen");

    // int accept4(int sockfd, struct sockaddr *addr, socklen_t *addrlen, int flags);
    private static final CFunction ACCEPT4 = CFunction.of("accept4");

    // int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen);
    private static final CFunction GETSOCKNAME = CFunction.of("getsockname");

    // int getpeername(int sockfd, struct sockaddr *addr, socklen_t *addrlen);
    private static final CFunction GETPEERNAME = CFunction.of("getpeername");

    // int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen);
    private static final CFunction GETSOCKOPT = CFunction.of("getsockopt");

    // int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);
    private static final CFunction SETSOCKOPT = CFunction.of("setsockopt");

    // int shutdown(int sockfd, int how);
    private static final CFunction SHUTDOWN = CFunction.of("shutdown");

    // ssize_t recv(int sockfd, void *buf, size_t len, int flags);
    private static final Transfer RECV = new Transfer("recv", JAVA_INT);

    // ssize_t send(int sockfd, const void *buf, size_t len, int flags);
    private static final Transfer SEND = new Transfer("send", JAVA_INT);

    /** Apart, because they are call shapes of their own: the bytes may be in the memory of an arena. */
    private static final class Datagrams {

        // ssize_t recvfrom(int sockfd, void *buf, size_t len, int flags, struct sockaddr *src_addr, socklen_t
        // *addrlen);
        static final MethodHandle RECVFROM = Libc.call(
                "recvfrom", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));

        // ssize_t sendto(int sockfd, const void *buf, size_t len, int flags, const struct sockaddr *dest_addr,
        //                socklen_t addrlen);
        static final MethodHandle SENDTO = Libc.call(
                "sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    }

    public static final int SOCK_STREAM = 1; // bits/socket_type.h
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_NONBLOCK = 0x800; // O_NONBLOCK
    public static final int SOCK_CLOEXEC = 0x80000; // O_CLOEXEC

    public static final int SOL_SOCKET = 1; // asm-generic/socket.h
    public static final int SO_REUSEADDR = 2;
    public static final int SO_ERROR = 4;
    public static final int SO_REUSEPORT = 15;

    public static final int IPPROTO_TCP = 6; // netinet/in.h
    public static final int TCP_NODELAY = 1; // netinet/tcp.h
    public static final int IPPROTO_IPV6 = 41; // netinet/in.h
    public static final int IPV6_V6ONLY = 26; // bits/in.h

    public static final int MSG_NOSIGNAL = 0x4000; // bits/socket.h
    public static final int SHUT_WR = 1; // sys/socket.h

    public static final int EINPROGRESS = Errno.number("EINPROGRESS");
    public static final int ENOTCONN = Errno.number("ENOTCONN");
    public static final int ECONNABORTED = Errno.number("ECONNABORTED");

    private Socket() {}

    public static int socket(int domain, int type, int protocol, Errno errno) {
        return SOCKET.call(errno, domain, type, protocol);
    }

    public static int bind(int fd, MemorySegment address, int length, Errno errno) {
        return BIND.call(errno, fd, address.address(), length);
    }

    public static int connect(int fd, MemorySegment address, int length, Errno errno) {
        return CONNECT.call(errno, fd, address.address(), length);
    }

    public static int listen(int fd, int backlog, Errno errno) {
        return LISTEN.call(errno, fd, backlog);
    }

    /** Returns the descriptor of the connection. {@code length} is room on the way in, and what was needed after. */
    public static int accept4(int fd, MemorySegment address, MemorySegment length, int flags, Errno errno) {
        return ACCEPT4.call(errno, fd, address.address(), length.address(), flags);
    }

    public static int getsockname(int fd, MemorySegment address, MemorySegment length, Errno errno) {
        return GETSOCKNAME.call(errno, fd, address.address(), length.address());
    }

    public static int getpeername(int fd, MemorySegment address, MemorySegment length, Errno errno) {
        return GETPEERNAME.call(errno, fd, address.address(), length.address());
    }

    public static int getsockopt(
            int fd, int level, int option, MemorySegment value, MemorySegment length, Errno errno) {
        return GETSOCKOPT.call(errno, fd, level, option, value.address(), length.address());
    }

    public static int setsockopt(int fd, int level, int option, MemorySegment value, int length, Errno errno) {
        return SETSOCKOPT.call(errno, fd, level, option, value.address(), length);
    }

    public static int shutdown(int fd, int how, Errno errno) {
        return SHUTDOWN.call(errno, fd, how);
    }

    /**
     * Receives into {@code buffer} from {@code at} on, see {@link Transfer}. Returns the number of bytes; 0 once the peer
     * has ended its output.
     */
    public static int recv(int fd, MemorySegment buffer, long at, int count, int flags, Errno errno) {
        try {
            long result = Transfer.isAbsolute(buffer)
                    ? RECV.absolute(errno, fd, at, count, flags)
                    : (long) RECV.guarded().invokeExact(errno.state(), fd, buffer, at, (long) count, flags);
            return errno.orNegated((int) result);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Sends from {@code at} on, see {@link Transfer}. Returns the number of bytes, which may be fewer than {@code count}. */
    public static int send(int fd, MemorySegment buffer, long at, int count, int flags, Errno errno) {
        try {
            long result = Transfer.isAbsolute(buffer)
                    ? SEND.absolute(errno, fd, at, count, flags)
                    : (long) SEND.guarded().invokeExact(errno.state(), fd, buffer, at, (long) count, flags);
            return errno.orNegated((int) result);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int recvfrom(
            int fd, MemorySegment buffer, int count, MemorySegment address, MemorySegment length, Errno errno) {
        try {
            return errno.orNegated((int)
                    (long) Datagrams.RECVFROM.invokeExact(errno.state(), fd, buffer, (long) count, 0, address, length));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int sendto(
            int fd, MemorySegment buffer, int count, int flags, MemorySegment address, int length, Errno errno) {
        try {
            return errno.orNegated((int) (long)
                    Datagrams.SENDTO.invokeExact(errno.state(), fd, buffer, (long) count, flags, address, length));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
