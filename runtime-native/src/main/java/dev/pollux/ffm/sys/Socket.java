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
    private static final MethodHandle SOCKET =
            Libc.call("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

    // int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
    private static final FunctionDescriptor TO_ADDRESS = FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle BIND = Libc.call("bind", TO_ADDRESS);

    // int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
    private static final MethodHandle CONNECT = Libc.call("connect", TO_ADDRESS);

    // int listen(int sockfd, int backlog);
    private static final MethodHandle LISTEN = Libc.call("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    // int accept4(int sockfd, struct sockaddr *addr, socklen_t *addrlen, int flags);
    private static final MethodHandle ACCEPT4 =
            Libc.call("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));

    // int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen);
    private static final FunctionDescriptor FROM_ADDRESS = FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle GETSOCKNAME = Libc.call("getsockname", FROM_ADDRESS);

    // int getpeername(int sockfd, struct sockaddr *addr, socklen_t *addrlen);
    private static final MethodHandle GETPEERNAME = Libc.call("getpeername", FROM_ADDRESS);

    // int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen);
    private static final MethodHandle GETSOCKOPT =
            Libc.call("getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    // int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);
    private static final MethodHandle SETSOCKOPT =
            Libc.call("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

    // int shutdown(int sockfd, int how);
    private static final MethodHandle SHUTDOWN =
            Libc.call("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    // ssize_t recv(int sockfd, void *buf, size_t len, int flags);
    private static final Transfer RECV = new Transfer("recv", JAVA_INT);

    // ssize_t send(int sockfd, const void *buf, size_t len, int flags);
    private static final Transfer SEND = new Transfer("send", JAVA_INT);

    // ssize_t recvfrom(int sockfd, void *buf, size_t len, int flags, struct sockaddr *src_addr, socklen_t *addrlen);
    private static final MethodHandle RECVFROM = Libc.call(
            "recvfrom", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));

    // ssize_t sendto(int sockfd, const void *buf, size_t len, int flags, const struct sockaddr *dest_addr,
    //                socklen_t addrlen);
    private static final MethodHandle SENDTO = Libc.call(
            "sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

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
        try {
            return errno.orNegated((int) SOCKET.invokeExact(errno.state(), domain, type, protocol));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int bind(int fd, MemorySegment address, int length, Errno errno) {
        try {
            return errno.orNegated((int) BIND.invokeExact(errno.state(), fd, address, length));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int connect(int fd, MemorySegment address, int length, Errno errno) {
        try {
            return errno.orNegated((int) CONNECT.invokeExact(errno.state(), fd, address, length));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int listen(int fd, int backlog, Errno errno) {
        try {
            return errno.orNegated((int) LISTEN.invokeExact(errno.state(), fd, backlog));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Returns the descriptor of the connection. {@code length} is room on the way in, and what was needed after. */
    public static int accept4(int fd, MemorySegment address, MemorySegment length, int flags, Errno errno) {
        try {
            return errno.orNegated((int) ACCEPT4.invokeExact(errno.state(), fd, address, length, flags));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int getsockname(int fd, MemorySegment address, MemorySegment length, Errno errno) {
        try {
            return errno.orNegated((int) GETSOCKNAME.invokeExact(errno.state(), fd, address, length));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int getpeername(int fd, MemorySegment address, MemorySegment length, Errno errno) {
        try {
            return errno.orNegated((int) GETPEERNAME.invokeExact(errno.state(), fd, address, length));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int getsockopt(
            int fd, int level, int option, MemorySegment value, MemorySegment length, Errno errno) {
        try {
            return errno.orNegated((int) GETSOCKOPT.invokeExact(errno.state(), fd, level, option, value, length));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int setsockopt(int fd, int level, int option, MemorySegment value, int length, Errno errno) {
        try {
            return errno.orNegated((int) SETSOCKOPT.invokeExact(errno.state(), fd, level, option, value, length));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int shutdown(int fd, int how, Errno errno) {
        try {
            return errno.orNegated((int) SHUTDOWN.invokeExact(errno.state(), fd, how));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Receives into {@code buffer} from {@code at} on, see {@link Transfer}. Returns the number of bytes; 0 once the peer
     * has ended its output.
     */
    public static int recv(int fd, MemorySegment buffer, long at, int count, int flags, Errno errno) {
        try {
            long result = Transfer.isAbsolute(buffer)
                    ? (long) RECV.absolute.invokeExact(errno.state(), fd, at, (long) count, flags)
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
                    ? (long) SEND.absolute.invokeExact(errno.state(), fd, at, (long) count, flags)
                    : (long) SEND.guarded().invokeExact(errno.state(), fd, buffer, at, (long) count, flags);
            return errno.orNegated((int) result);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int recvfrom(
            int fd, MemorySegment buffer, int count, MemorySegment address, MemorySegment length, Errno errno) {
        try {
            return errno.orNegated(
                    (int) (long) RECVFROM.invokeExact(errno.state(), fd, buffer, (long) count, 0, address, length));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    public static int sendto(
            int fd, MemorySegment buffer, int count, int flags, MemorySegment address, int length, Errno errno) {
        try {
            return errno.orNegated(
                    (int) (long) SENDTO.invokeExact(errno.state(), fd, buffer, (long) count, flags, address, length));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
