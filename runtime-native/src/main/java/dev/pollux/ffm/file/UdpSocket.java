package dev.pollux.ffm.file;

import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.SockAddr;
import dev.pollux.ffm.sys.Socket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends and receives UDP datagrams, over IPv4 or IPv6; at the address {@code ::} over both. Linux only.
 *
 * <p>Everything is non-blocking: register it and receive when it is ready to. It is not inherited by programs that the
 * process starts.
 *
 * <p><b>Thread:</b> one at a time, usually the loop thread; {@code close}, {@code fd} and {@code toString} any.
 */
public final class UdpSocket extends SocketFile {

    private final InetSocketAddress local;
    private final int family;

    private UdpSocket(OpeningFile opening, InetSocketAddress local, int family) {
        super(opening, local.toString());
        this.local = local;
        this.family = family;
    }

    /**
     * Opens a socket at {@code address}.
     *
     * @param address with port 0 for a free one, which {@link #localAddress} returns
     * @throws IllegalArgumentException if it is unresolved
     * @throws UnsupportedOperationException if this is not Linux
     * @throws IOException if the kernel refuses; names the address, and nothing stays open
     */
    public static UdpSocket bind(InetSocketAddress address) throws IOException {
        Objects.requireNonNull(address, "address");
        int family = family(address);
        try (OpeningFile opening = open(family, Socket.SOCK_DGRAM)) {
            if (family == SockAddr.AF_INET6) {
                set(opening.fd(), Socket.IPPROTO_IPV6, Socket.IPV6_V6ONLY, false, opening.room(), opening.errno());
            }
            bind(opening, address);
            return opening.finish(
                    new UdpSocket(opening, localInet(opening.fd(), opening.room(), opening.errno()), family));
        }
    }

    /**
     * Sends to and receives from {@code remote} only, by {@link #write} and {@link #read}. Sends nothing itself.
     *
     * @throws IllegalArgumentException if it is unresolved, or IPv6 while this socket is IPv4
     */
    public void connect(InetSocketAddress remote) throws IOException {
        Objects.requireNonNull(remote, "remote");
        requireReachable(remote);
        int fd = begin();
        try {
            int length = SockAddr.set(room(), remote, family);
            check("connect(" + remote + ")", Socket.connect(fd, room(), length, errno()));
        } finally {
            end();
        }
    }

    /**
     * Sends the remaining bytes of {@code datagram}, which must be direct, to {@code target}.
     *
     * @return whether it was sent; if not, the kernel has no room now: wait for WRITE
     * @throws IllegalArgumentException if the buffer is on the heap, or {@code target} unresolved, or IPv6 while this
     *     socket is IPv4
     * @throws IOException {@code EMSGSIZE} if it is too long
     */
    public boolean send(ByteBuffer datagram, InetSocketAddress target) throws IOException {
        Objects.requireNonNull(target, "target");
        requireDirect(datagram);
        requireReachable(target);
        int fd = begin();
        try {
            int length = SockAddr.set(room(), target, family);
            MemorySegment bytes = MemorySegment.ofBuffer(datagram);
            int result = Socket.sendto(fd, bytes, datagram.remaining(), Socket.MSG_NOSIGNAL, room(), length, errno());
            if (result == -Errno.EAGAIN) {
                return false;
            }
            check("sendto(" + target + ")", result);
            datagram.position(datagram.limit());
            return true;
        } finally {
            end();
        }
    }

    /**
     * Receives one datagram into the remaining room of {@code buffer}, which must be direct; what does not fit is lost.
     *
     * @return the sender, or null if there is none yet
     * @throws IllegalArgumentException if the buffer is on the heap
     */
    public @Nullable InetSocketAddress receive(ByteBuffer buffer) throws IOException {
        requireDirect(buffer);
        if (buffer.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        int fd = begin();
        try {
            MemorySegment target = MemorySegment.ofBuffer(buffer);
            int count = Socket.recvfrom(fd, target, buffer.remaining(), room(), length(room()), errno());
            if (count < 0) {
                nothingIf(count, "recvfrom");
                return null;
            }
            buffer.position(buffer.position() + count);
            return SockAddr.inet(room());
        } finally {
            end();
        }
    }

    private void requireReachable(InetSocketAddress other) {
        if (family(other) == SockAddr.AF_INET6 && family == SockAddr.AF_INET) {
            throw new IllegalArgumentException(
                    other + " is IPv6 and " + local + " is IPv4; bind a socket at :: for both");
        }
    }

    /**
     * Receives one datagram from the connected address into {@code buffer}, which must be direct; what does not fit is
     * lost. Allocates nothing.
     *
     * @return the number of bytes; 0 if there is none yet, and also for an empty one: {@link #receive} distinguishes them
     * @throws IllegalArgumentException if the buffer is on the heap
     * @throws IOException {@code ECONNREFUSED} if no one receives at the address that was sent to
     */
    public int read(ByteBuffer buffer) throws IOException {
        return readInto(buffer);
    }

    /** Receives into native memory; otherwise as {@link #read(ByteBuffer)}. */
    public int read(MemorySegment target) throws IOException {
        return readInto(target);
    }

    /**
     * Sends the remaining bytes of {@code buffer}, which must be direct, as one datagram to the connected address.
     * Allocates nothing.
     *
     * @return the number of bytes; 0 if the kernel has no room now: wait for WRITE
     * @throws IllegalArgumentException if the buffer is on the heap
     * @throws IOException {@code EDESTADDRREQ} if it is not connected, {@code ECONNREFUSED} if no one received what was
     *     sent before
     */
    public int write(ByteBuffer buffer) throws IOException {
        return writeFrom(buffer);
    }

    /** Sends from native memory; otherwise as {@link #write(ByteBuffer)}. */
    public int write(MemorySegment source) throws IOException {
        return writeFrom(source);
    }

    @Override
    boolean zeroBytesAreTheEnd() {
        return false;
    }

    /** Returns where it receives, with the port it got. */
    public InetSocketAddress localAddress() {
        return local;
    }
}
