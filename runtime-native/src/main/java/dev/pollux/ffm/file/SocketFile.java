package dev.pollux.ffm.file;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.internal.Syscalls;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.SockAddr;
import dev.pollux.ffm.sys.Socket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** What the sockets have in common. The room of each is an address and a length, or an option and its length. */
abstract class SocketFile extends NativeFile {

    private static final long LENGTH_AT = SockAddr.STORAGE_BYTES;

    static final long ROOM_BYTES = LENGTH_AT + JAVA_INT.byteSize();

    /** From the first moment, so that neither another thread's fork nor a blocking call can come between. */
    static final int FLAGS = Socket.SOCK_NONBLOCK | Socket.SOCK_CLOEXEC;

    SocketFile(OpeningFile opening, String subject) {
        super(opening, subject);
    }

    static OpeningFile open(int family, int type) throws IOException {
        OpeningFile.requireLinux("native sockets", "java.nio.channels with the backend nio");
        OpeningFile opening = new OpeningFile(ROOM_BYTES);
        try {
            return opening.opened("socket", Socket.socket(family, type | FLAGS, 0, opening.errno()));
        } catch (Throwable refused) {
            opening.close();
            throw refused;
        }
    }

    static int family(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? SockAddr.family(inet) : SockAddr.AF_UNIX;
    }

    /** Fills in the address and returns its length. */
    static int put(MemorySegment room, SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? SockAddr.set(room, inet, SockAddr.family(inet))
                : SockAddr.set(room, (UnixDomainSocketAddress) address);
    }

    static void bind(OpeningFile opening, SocketAddress address) throws NativeIOException {
        int length = put(opening.room(), address);
        opening.check("bind(" + address + ")", Socket.bind(opening.fd(), opening.room(), length, opening.errno()));
    }

    static void set(int fd, int level, int option, boolean value, MemorySegment room, Errno errno)
            throws NativeIOException {
        room.set(JAVA_INT, 0, value ? 1 : 0);
        Syscalls.check("setsockopt", fd, Socket.setsockopt(fd, level, option, room, Integer.BYTES, errno));
    }

    static int get(int fd, int level, int option, MemorySegment room, Errno errno) throws NativeIOException {
        MemorySegment length = length(room);
        length.set(JAVA_INT, 0, Integer.BYTES);
        Syscalls.check("getsockopt", fd, Socket.getsockopt(fd, level, option, room, length, errno));
        return room.get(JAVA_INT, 0);
    }

    /** Returns the {@code socklen_t} of the room, set to what the address has. */
    static MemorySegment length(MemorySegment room) {
        MemorySegment length = room.asSlice(LENGTH_AT, JAVA_INT);
        length.set(JAVA_INT, 0, SockAddr.STORAGE_BYTES);
        return length;
    }

    /** Returns the descriptor of the next connection, with the peer's address in the opening's room, or a refusal. */
    static int acceptInto(int fd, OpeningFile opening) {
        int result;
        do {
            result = Socket.accept4(fd, opening.room(), length(opening.room()), FLAGS, opening.errno());
            // A connection that ended while it waited takes its place in the queue along.
        } while (result == -Socket.ECONNABORTED || result == -Errno.EINTR);
        return result;
    }

    /** Returns the peer's address, or the wildcard if it has cut the connection: then no one knows it any more. */
    static InetSocketAddress remoteInet(int fd, MemorySegment room, Errno errno) throws NativeIOException {
        int result = Socket.getpeername(fd, room, length(room), errno);
        if (result == -Socket.ENOTCONN) {
            return new InetSocketAddress(0);
        }
        Syscalls.check("getpeername", fd, result);
        return SockAddr.inet(room);
    }

    static InetSocketAddress localInet(int fd, MemorySegment room, Errno errno) throws NativeIOException {
        Syscalls.check("getsockname", fd, Socket.getsockname(fd, room, length(room), errno));
        return SockAddr.inet(room);
    }

    @Override
    final int receive(int fd, MemorySegment target, long at, int count, Errno errno) {
        return Socket.recv(fd, target, at, count, 0, errno);
    }

    @Override
    final String receiveCall() {
        return "recv";
    }

    @Override
    final int transmit(int fd, MemorySegment source, long at, int count, Errno errno) {
        return Socket.send(fd, source, at, count, Socket.MSG_NOSIGNAL, errno);
    }

    @Override
    final String transmitCall() {
        return "send";
    }
}
