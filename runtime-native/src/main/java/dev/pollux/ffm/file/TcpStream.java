package dev.pollux.ffm.file;

import dev.pollux.ffm.internal.Syscalls;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Socket;
import dev.pollux.spi.ConnectingSource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * A TCP connection, over IPv4 or IPv6. Linux only.
 *
 * <p>Everything is non-blocking: register it and read when it is ready to. It is not inherited by programs that the
 * process starts.
 *
 * <p><b>Thread:</b> one at a time, usually the loop thread; {@code close}, {@code fd} and {@code toString} any.
 */
public final class TcpStream extends StreamSocket implements ConnectingSource {

    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private boolean connected;
    private int refusal;

    TcpStream(OpeningFile opening, InetSocketAddress local, InetSocketAddress remote, boolean connected) {
        super(opening, local + " to " + remote);
        this.local = local;
        this.remote = remote;
        this.connected = connected;
    }

    /**
     * Begins to connect. Register the stream for WRITE, and when it is ready call {@link #finishConnect}; unless
     * {@link #isConnected} says that it took no time.
     *
     * @throws IllegalArgumentException if {@code remote} is unresolved
     * @throws UnsupportedOperationException if this is not Linux
     * @throws IOException if the kernel refuses at once; names the address, and nothing stays open
     */
    public static TcpStream connect(InetSocketAddress remote) throws IOException {
        Objects.requireNonNull(remote, "remote");
        int family = family(remote);
        try (OpeningFile opening = open(family, Socket.SOCK_STREAM)) {
            int length = put(opening.room(), remote);
            int result = Socket.connect(opening.fd(), opening.room(), length, opening.errno());
            // An interrupted connect goes on like one in progress (connect(2)).
            if (result != -Socket.EINPROGRESS && result != -Errno.EINTR) {
                opening.check("connect(" + remote + ")", result);
            }
            InetSocketAddress local = localInet(opening.fd(), opening.room(), opening.errno());
            return opening.finish(new TcpStream(opening, local, remote, result == 0));
        }
    }

    /** Returns whether the connection has been made. Makes no call: {@link #finishConnect} finds out. */
    public boolean isConnected() {
        return connected;
    }

    /**
     * Finds out how connecting went.
     *
     * @return false if it still goes on
     * @throws IOException what it failed with, naming the address; the same each time, and the stream is of no more use
     */
    @Override
    public boolean finishConnect() throws IOException {
        int fd = begin();
        try {
            if (!connected && refusal == 0) {
                refusal = get(fd, Socket.SOL_SOCKET, Socket.SO_ERROR, room(), errno());
            }
            if (refusal != 0) {
                throw Syscalls.of("connect(" + remote + ")", fd, refusal);
            }
            if (!connected) {
                // No error may also mean no outcome: only a connected socket has a peer.
                int result = Socket.getpeername(fd, room(), length(room()), errno());
                if (result == -Socket.ENOTCONN) {
                    return false;
                }
                check("getpeername", result);
                connected = true;
            }
            return true;
        } finally {
            end();
        }
    }

    /** Sends small writes at once ({@code TCP_NODELAY}) instead of waiting for more to send with them. */
    public void setNoDelay(boolean noDelay) throws IOException {
        int fd = begin();
        try {
            set(fd, Socket.IPPROTO_TCP, Socket.TCP_NODELAY, noDelay, room(), errno());
        } finally {
            end();
        }
    }

    /** Returns whether small writes are sent at once; false unless set. */
    public boolean noDelay() throws IOException {
        int fd = begin();
        try {
            return get(fd, Socket.IPPROTO_TCP, Socket.TCP_NODELAY, room(), errno()) != 0;
        } finally {
            end();
        }
    }

    /** Returns this end's address. */
    public InetSocketAddress localAddress() {
        return local;
    }

    /** Returns the peer's address; {@code 0.0.0.0:0} if a kernel accepted the connection, and the peer had cut it by then. */
    public InetSocketAddress remoteAddress() {
        return remote;
    }
}
