package dev.pollux.ffm.file;

import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.SockAddr;
import dev.pollux.ffm.sys.Socket;
import dev.pollux.spi.ConnectionSource;
import dev.pollux.spi.KernelSource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Accepts TCP connections, over IPv4 or IPv6; at the address {@code ::} over both. Linux only.
 *
 * <p>Register it for READ, and when it is ready {@link #accept} until that returns null. It is not inherited by programs
 * that the process starts.
 *
 * <p><b>Thread:</b> one at a time, usually the loop thread; {@code close}, {@code fd} and {@code toString} any.
 */
public final class TcpListener extends SocketFile implements KernelSource, ConnectionSource<TcpStream> {

    private final InetSocketAddress local;

    private TcpListener(OpeningFile opening, InetSocketAddress local) {
        super(opening, local.toString());
        this.local = local;
    }

    /**
     * How to listen.
     *
     * @param backlog connections that may wait to be accepted; the kernel allows at most
     *     {@code /proc/sys/net/core/somaxconn}
     * @param reuseAddress may take an address that connections of a former listener linger at ({@code SO_REUSEADDR})
     * @param reusePort may share the address with other listeners of this user, which all set this too; each gets a part
     *     of the connections ({@code SO_REUSEPORT})
     */
    public record Options(int backlog, boolean reuseAddress, boolean reusePort) {

        /** A server as usual: room for 1024, restarts at once, alone at its address. */
        public static final Options DEFAULT = new Options(1024, true, false);

        /**
         * Checks the options.
         *
         * @throws IllegalArgumentException if {@code backlog} is not positive
         */
        public Options {
            if (backlog <= 0) {
                throw new IllegalArgumentException("backlog " + backlog + " is not positive; 1024 is usual");
            }
        }

        /** Returns the same with another backlog. */
        public Options withBacklog(int newBacklog) {
            return new Options(newBacklog, reuseAddress, reusePort);
        }

        /** Returns the same with or without {@code SO_REUSEADDR}. */
        public Options withReuseAddress(boolean reuse) {
            return new Options(backlog, reuse, reusePort);
        }

        /** Returns the same with or without {@code SO_REUSEPORT}. */
        public Options withReusePort(boolean reuse) {
            return new Options(backlog, reuseAddress, reuse);
        }
    }

    /** Listens with {@link Options#DEFAULT}; otherwise as {@link #bind(InetSocketAddress, Options)}. */
    public static TcpListener bind(InetSocketAddress address) throws IOException {
        return bind(address, Options.DEFAULT);
    }

    /**
     * Listens at {@code address}.
     *
     * @param address with port 0 for a free one, which {@link #localAddress} returns
     * @throws IllegalArgumentException if it is unresolved
     * @throws UnsupportedOperationException if this is not Linux
     * @throws IOException if the kernel refuses, for instance {@code EADDRINUSE}; names the address, and nothing stays
     *     open
     */
    public static TcpListener bind(InetSocketAddress address, Options options) throws IOException {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(options, "options");
        int family = family(address);
        try (OpeningFile opening = open(family, Socket.SOCK_STREAM)) {
            Errno errno = opening.errno();
            int fd = opening.fd();
            if (family == SockAddr.AF_INET6) {
                // The system's default may be either.
                set(fd, Socket.IPPROTO_IPV6, Socket.IPV6_V6ONLY, false, opening.room(), errno);
            }
            set(fd, Socket.SOL_SOCKET, Socket.SO_REUSEADDR, options.reuseAddress(), opening.room(), errno);
            set(fd, Socket.SOL_SOCKET, Socket.SO_REUSEPORT, options.reusePort(), opening.room(), errno);
            bind(opening, address);
            opening.check("listen", Socket.listen(fd, options.backlog(), errno));
            return opening.finish(new TcpListener(opening, localInet(fd, opening.room(), errno)));
        }
    }

    /**
     * Returns the next connection, or null if none waits.
     *
     * @throws IOException {@code EMFILE} or {@code ENFILE} if descriptors have run out: the connection keeps waiting, and
     *     the listener stays ready, so pause its registration for a while
     */
    @Override
    public @Nullable TcpStream accept() throws IOException {
        int fd = begin();
        try (OpeningFile opening = new OpeningFile(ROOM_BYTES)) {
            int result = acceptInto(fd, opening);
            if (result < 0) {
                nothingIf(result, "accept4");
                return null;
            }
            opening.opened("accept4", result);
            InetSocketAddress remote = SockAddr.inet(opening.room());
            InetSocketAddress own = localInet(result, opening.room(), opening.errno());
            return opening.finish(new TcpStream(opening, own, remote, true));
        } finally {
            end();
        }
    }

    /**
     * Returns the stream of a connection that a kernel has accepted here, non-blocking and close-on-exec.
     *
     * <p><b>Thread:</b> any.
     *
     * @param fd the stream's from now on
     * @throws IOException if its addresses cannot be found out; {@code fd} is closed then
     */
    @Override
    public TcpStream accepted(int fd) throws IOException {
        try (OpeningFile opening = OpeningFile.of(fd, ROOM_BYTES)) {
            InetSocketAddress remote = remoteInet(fd, opening.room(), opening.errno());
            InetSocketAddress own = localInet(fd, opening.room(), opening.errno());
            return opening.finish(new TcpStream(opening, own, remote, true));
        }
    }

    /** Returns true: this is a socket. */
    @Override
    public boolean isSocket() {
        return true;
    }

    /** Returns where it listens, with the port it got. */
    public InetSocketAddress localAddress() {
        return local;
    }
}
