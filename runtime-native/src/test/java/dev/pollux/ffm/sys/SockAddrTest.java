package dev.pollux.ffm.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class SockAddrTest {

    @Test
    void sizesAreThoseOfTheHeaders() {
        assertEquals(16, SockAddr.IN.byteSize());
        assertEquals(28, SockAddr.IN6.byteSize());
        assertEquals(8, SockAddr.IN6.byteOffset(PathElement.groupElement("address")));
        assertEquals(24, SockAddr.IN6.byteOffset(PathElement.groupElement("scope_id")));
        assertEquals(110, SockAddr.UN.byteSize());
        assertEquals(32, TimerFd.ITIMERSPEC.byteSize());
        assertEquals(16, Inotify.EVENT.byteSize());
    }

    @Test
    void version4IsInNetworkOrder() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(SockAddr.STORAGE_BYTES);

            int length = SockAddr.set(memory, at("1.2.3.4", 0x5060), SockAddr.AF_INET);

            assertEquals(16, length);
            assertArrayEquals(
                    new byte[] {2, 0, 0x50, 0x60, 1, 2, 3, 4},
                    memory.asSlice(0, 8).toArray(ValueLayout.JAVA_BYTE));
            assertEquals(at("1.2.3.4", 0x5060), SockAddr.inet(memory));
        }
    }

    @Test
    void version6AndItsScopeComeBack() throws UnknownHostException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(SockAddr.STORAGE_BYTES).fill((byte) -1);
            InetAddress local = Inet6Address.getByAddress(
                    null, InetAddress.ofLiteral("fe80::1").getAddress(), 3);
            InetSocketAddress scoped = new InetSocketAddress(local, 65_535);

            SockAddr.set(memory, scoped, SockAddr.AF_INET6);
            InetSocketAddress back = SockAddr.inet(memory);

            assertEquals(scoped, back);
            assertEquals(3, ((Inet6Address) back.getAddress()).getScopeId());
            SockAddr.set(memory, at("::1", 7), SockAddr.AF_INET6);
            assertEquals(at("::1", 7), SockAddr.inet(memory));
        }
    }

    @Test
    void version4IsMappedIntoVersion6() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(SockAddr.STORAGE_BYTES).fill((byte) -1);

            SockAddr.set(memory, at("1.2.3.4", 80), SockAddr.AF_INET6);

            assertArrayEquals(
                    new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 1, 2, 3, 4},
                    memory.asSlice(8, 16).toArray(ValueLayout.JAVA_BYTE));
            assertEquals(at("1.2.3.4", 80), SockAddr.inet(memory));
        }
    }

    @Test
    void pathsComeBackAndUnnamedSocketsHaveNone() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(SockAddr.STORAGE_BYTES).fill((byte) -1);

            int length = SockAddr.set(memory, UnixDomainSocketAddress.of("/tmp/x.sock"));

            assertEquals(2 + 11 + 1, length);
            assertEquals(UnixDomainSocketAddress.of("/tmp/x.sock"), SockAddr.unix(memory, length));
            assertEquals(UnixDomainSocketAddress.of(""), SockAddr.unix(memory, 2));
        }
    }

    @Test
    void refusedCallsReturnTheNegatedErrorNumber() {
        try (Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            MemorySegment memory = arena.allocate(SockAddr.STORAGE_BYTES);
            int bad = -Errno.EBADF;

            assertEquals(-97, Socket.socket(-1, Socket.SOCK_STREAM, 0, errno)); // EAFNOSUPPORT
            assertEquals(bad, Socket.bind(-1, memory, 16, errno));
            assertEquals(bad, Socket.connect(-1, memory, 16, errno));
            assertEquals(bad, Socket.listen(-1, 1, errno));
            assertEquals(bad, Socket.accept4(-1, MemorySegment.NULL, MemorySegment.NULL, 0, errno));
            assertEquals(bad, Socket.getsockname(-1, memory, memory, errno));
            assertEquals(bad, Socket.getpeername(-1, memory, memory, errno));
            assertEquals(bad, Socket.getsockopt(-1, 1, 1, memory, memory, errno));
            assertEquals(bad, Socket.setsockopt(-1, 1, 1, memory, 4, errno));
            assertEquals(bad, Socket.shutdown(-1, 1, errno));
            assertEquals(bad, Socket.recv(-1, memory, 0, 1, 0, errno));
            assertEquals(bad, Socket.send(-1, memory, 0, 1, 0, errno));
            assertEquals(bad, Socket.recvfrom(-1, memory, 1, memory, memory, errno));
            assertEquals(bad, Socket.sendto(-1, memory, 1, 0, memory, 16, errno));
            assertEquals(bad, ReadWrite.read(-1, memory, 0, 1, errno));
            assertEquals(bad, ReadWrite.write(-1, memory, 0, 1, errno));
            assertEquals(bad, TimerFd.settime(-1, 0, memory, errno));
            assertEquals(bad, Inotify.addWatch(-1, arena.allocateFrom("/"), 1, errno));
            assertEquals(bad, Inotify.removeWatch(-1, 1, errno));
            assertEquals(-Errno.EINVAL, TimerFd.create(-1, 0, errno));
            assertEquals(-Errno.EINVAL, Inotify.init1(-1, errno));
            assertEquals(-Errno.EINVAL, Pipe.pipe2(memory, -1, errno));
            assertEquals(-Errno.EINVAL, PidFd.open(1, -1, errno));
        }
    }

    private static InetSocketAddress at(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }
}
