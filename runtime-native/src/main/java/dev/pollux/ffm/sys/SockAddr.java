package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/** {@code struct sockaddr} of Linux in its three shapes, sockaddr(3type), and their Java counterparts. */
public final class SockAddr {

    public static final int AF_UNIX = 1; // bits/socket.h
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;

    private static final ValueLayout.OfShort PORT_LAYOUT =
            JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN).withName("port");

    /** {@code struct sockaddr_in} (netinet/in.h). */
    public static final StructLayout IN = MemoryLayout.structLayout(
            JAVA_SHORT.withName("family"),
            PORT_LAYOUT,
            MemoryLayout.sequenceLayout(4, JAVA_BYTE).withName("address"),
            MemoryLayout.paddingLayout(8));

    /** {@code struct sockaddr_in6} (netinet/in.h). */
    public static final StructLayout IN6 = MemoryLayout.structLayout(
            JAVA_SHORT.withName("family"),
            PORT_LAYOUT,
            JAVA_INT.withName("flowinfo"),
            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("address"),
            JAVA_INT.withName("scope_id"));

    /** {@code struct sockaddr_un} (linux/un.h). */
    public static final StructLayout UN = MemoryLayout.structLayout(
            JAVA_SHORT.withName("family"),
            MemoryLayout.sequenceLayout(108, JAVA_BYTE).withName("path"));

    /** {@code sizeof(struct sockaddr_storage)}: room for any of them. */
    public static final int STORAGE_BYTES = 128;

    private static final VarHandle FAMILY =
            IN.varHandle(PathElement.groupElement("family")).withInvokeExactBehavior();
    private static final VarHandle PORT =
            IN.varHandle(PathElement.groupElement("port")).withInvokeExactBehavior();
    private static final VarHandle SCOPE =
            IN6.varHandle(PathElement.groupElement("scope_id")).withInvokeExactBehavior();
    private static final VarHandle FLOW =
            IN6.varHandle(PathElement.groupElement("flowinfo")).withInvokeExactBehavior();

    private static final long IN_ADDRESS = IN.byteOffset(PathElement.groupElement("address"));
    private static final long IN6_ADDRESS = IN6.byteOffset(PathElement.groupElement("address"));
    private static final int IN6_ADDRESS_BYTES = 16;

    /** Where the two bytes are that say that the last four are an IPv4 address. */
    private static final int MAPPED_MARK = 10;

    private static final int UN_PATH = (int) UN.byteOffset(PathElement.groupElement("path"));

    /** The last byte of {@code sun_path} is its NUL. */
    private static final int MAX_PATH_BYTES = (int) UN.byteSize() - UN_PATH - 1;

    private SockAddr() {}

    /**
     * Returns the address family that {@code address} belongs to.
     *
     * @throws IllegalArgumentException if its name is not resolved
     */
    public static int family(InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException(
                    address + " is unresolved; resolve it first with new InetSocketAddress(name, port)");
        }
        return address.getAddress() instanceof Inet6Address ? AF_INET6 : AF_INET;
    }

    /**
     * Fills in {@code struct sockaddr_in} or {@code in6}, as {@code family} says, and returns its length. IPv4 in IPv6 is
     * mapped (RFC 4291, 2.5.5.2).
     */
    public static int set(MemorySegment to, InetSocketAddress address, int family) {
        byte[] bytes = address.getAddress().getAddress();
        FAMILY.set(to, 0L, (short) family);
        PORT.set(to, 0L, (short) address.getPort());
        if (family == AF_INET) {
            MemorySegment.copy(bytes, 0, to, JAVA_BYTE, IN_ADDRESS, bytes.length);
            return (int) IN.byteSize();
        }
        boolean six = address.getAddress() instanceof Inet6Address;
        to.asSlice(IN6_ADDRESS, IN6_ADDRESS_BYTES).fill((byte) 0);
        if (!six) {
            to.set(JAVA_SHORT, IN6_ADDRESS + MAPPED_MARK, (short) -1);
        }
        MemorySegment.copy(bytes, 0, to, JAVA_BYTE, IN6_ADDRESS + IN6_ADDRESS_BYTES - bytes.length, bytes.length);
        FLOW.set(to, 0L, 0);
        SCOPE.set(to, 0L, six ? ((Inet6Address) address.getAddress()).getScopeId() : 0);
        return (int) IN6.byteSize();
    }

    /**
     * Fills in {@code struct sockaddr_un} and returns its length.
     *
     * @throws IllegalArgumentException if the path is empty or does not fit
     */
    public static int set(MemorySegment to, UnixDomainSocketAddress address) {
        byte[] path = address.getPath().toString().getBytes(FileNames.CHARSET);
        if (path.length == 0 || path.length > MAX_PATH_BYTES) {
            throw new IllegalArgumentException("the path \"" + address + "\" has " + path.length
                    + " bytes; a Unix socket's has 1 to " + MAX_PATH_BYTES + ", try a relative one");
        }
        FAMILY.set(to, 0L, (short) AF_UNIX);
        MemorySegment.copy(path, 0, to, JAVA_BYTE, UN_PATH, path.length);
        to.set(JAVA_BYTE, UN_PATH + path.length, (byte) 0);
        return UN_PATH + path.length + 1;
    }

    /** Returns what {@code struct sockaddr_in} or {@code in6} says; IPv4 in IPv6 as IPv4. */
    public static InetSocketAddress inet(MemorySegment from) {
        boolean six = (short) FAMILY.get(from, 0L) == AF_INET6;
        byte[] bytes = new byte[six ? 16 : 4];
        MemorySegment.copy(from, JAVA_BYTE, six ? IN6_ADDRESS : IN_ADDRESS, bytes, 0, bytes.length);
        int port = Short.toUnsignedInt((short) PORT.get(from, 0L));
        int scope = six ? (int) SCOPE.get(from, 0L) : 0;
        try {
            InetAddress address =
                    scope == 0 ? InetAddress.getByAddress(bytes) : Inet6Address.getByAddress(null, bytes, scope);
            return new InetSocketAddress(address, port);
        } catch (UnknownHostException wrongLength) {
            throw new AssertionError(wrongLength);
        }
    }

    /** Returns what the first {@code length} bytes of a {@code struct sockaddr_un} say; an empty path if unnamed. */
    public static UnixDomainSocketAddress unix(MemorySegment from, int length) {
        int end = Math.min(length, (int) UN.byteSize());
        int at = UN_PATH;
        while (at < end && from.get(JAVA_BYTE, at) != 0) {
            at++;
        }
        byte[] path = new byte[at - UN_PATH];
        MemorySegment.copy(from, JAVA_BYTE, UN_PATH, path, 0, path.length);
        return UnixDomainSocketAddress.of(new String(path, FileNames.CHARSET));
    }
}
