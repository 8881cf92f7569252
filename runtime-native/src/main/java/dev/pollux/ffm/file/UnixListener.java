package dev.pollux.ffm.file;

import dev.pollux.ffm.sys.Socket;
import dev.pollux.spi.ConnectionSource;
import dev.pollux.spi.KernelSource;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections over a Unix-domain socket, unix(7). Linux only; names in the file system only.
 *
 * <p>Register it for READ, and when it is ready {@link #accept} until that returns null. Binding creates the file, and
 * closing leaves it: delete it then, for it keeps others from binding. The listener is not inherited by programs that
 * the process starts.
 *
 * <p><b>Thread:</b> one at a time, usually the loop thread; {@code close}, {@code fd} and {@code toString} any.
 */
public final class UnixListener extends SocketFile implements KernelSource, ConnectionSource<UnixStream> {

    private static final int BACKLOG = 1024;

    private final UnixDomainSocketAddress address;

    private UnixListener(OpeningFile opening, UnixDomainSocketAddress address) {
        super(opening, address.toString());
        this.address = address;
    }

    /** Listens with room for 1024 that wait; otherwise as {@link #bind(UnixDomainSocketAddress, int)}. */
    public static UnixListener bind(UnixDomainSocketAddress address) throws IOException {
        return bind(address, BACKLOG);
    }

    /**
     * Listens at {@code address}, whose file must not exist.
     *
     * @param backlog connections that may wait to be accepted
     * @throws IllegalArgumentException if the path is empty or longer than a Unix socket's may be, or {@code backlog} is
     *     not positive
     * @throws UnsupportedOperationException if this is not Linux
     * @throws IOException if the kernel refuses, for instance {@code EADDRINUSE}; names the path, and nothing stays open
     */
    public static UnixListener bind(UnixDomainSocketAddress address, int backlog) throws IOException {
        Objects.requireNonNull(address, "address");
        if (backlog <= 0) {
            throw new IllegalArgumentException("backlog " + backlog + " is not positive; " + BACKLOG + " is usual");
        }
        try (OpeningFile opening = open(family(address), Socket.SOCK_STREAM)) {
            bind(opening, address);
            opening.check("listen", Socket.listen(opening.fd(), backlog, opening.errno()));
            return opening.finish(new UnixListener(opening, address));
        }
    }

    /**
     * Returns the next connection, or null if none waits.
     *
     * @throws IOException {@code EMFILE} or {@code ENFILE} if descriptors have run out: the connection keeps waiting, and
     *     the listener stays ready, so pause its registration for a while
     */
    @Override
    public @Nullable UnixStream accept() throws IOException {
        int fd = begin();
        try (OpeningFile opening = new OpeningFile(ROOM_BYTES)) {
            int result = acceptInto(fd, opening);
            if (result < 0) {
                nothingIf(result, "accept4");
                return null;
            }
            return opening.finish(new UnixStream(opening.opened("accept4", result), address));
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
     */
    @Override
    public UnixStream accepted(int fd) {
        try (OpeningFile opening = OpeningFile.of(fd, ROOM_BYTES)) {
            return opening.finish(new UnixStream(opening, address));
        }
    }

    /** Returns true: this is a socket. */
    @Override
    public boolean isSocket() {
        return true;
    }

    /** Returns where it listens. */
    public UnixDomainSocketAddress address() {
        return address;
    }
}
