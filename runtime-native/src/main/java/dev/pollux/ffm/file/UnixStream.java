package dev.pollux.ffm.file;

import dev.pollux.ffm.sys.Socket;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.util.Objects;

/**
 * A connection over a Unix-domain socket, unix(7). Linux only.
 *
 * <p>Everything is non-blocking: register it and read when it is ready to. It is not inherited by programs that the
 * process starts.
 *
 * <p><b>Thread:</b> one at a time, usually the loop thread; {@code close}, {@code fd} and {@code toString} any.
 */
public final class UnixStream extends StreamSocket {

    private final UnixDomainSocketAddress address;

    /** The peer of an accepted one has no name: what both ends share is the listener's. */
    UnixStream(OpeningFile opening, UnixDomainSocketAddress address) {
        super(opening, address.toString());
        this.address = address;
    }

    /**
     * Connects to the listener at {@code address}. That takes no time: it returns connected or throws.
     *
     * @throws IllegalArgumentException if the path is empty or longer than a Unix socket's may be
     * @throws UnsupportedOperationException if this is not Linux
     * @throws IOException if the kernel refuses, for instance {@code EAGAIN} because the listener's queue is full; names
     *     the path, and nothing stays open
     */
    public static UnixStream connect(UnixDomainSocketAddress address) throws IOException {
        Objects.requireNonNull(address, "address");
        try (OpeningFile opening = open(family(address), Socket.SOCK_STREAM)) {
            int length = put(opening.room(), address);
            opening.check(
                    "connect(" + address + ")", Socket.connect(opening.fd(), opening.room(), length, opening.errno()));
            return opening.finish(new UnixStream(opening, address));
        }
    }

    /** Returns the address of the listener that made the connection. */
    public UnixDomainSocketAddress address() {
        return address;
    }
}
