package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.ConnectingSource;
import dev.pollux.spi.ConnectionSource;
import dev.pollux.spi.KernelSource;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Native files as the channels that operations take them for. */
@EnabledOnOs(OS.LINUX)
@Timeout(30)
class ChannelsTest {

    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Test
    void aPipeIsTwoChannels() throws IOException {
        try (NativePipe pipe = NativePipe.open()) {
            WritableByteChannel writer = pipe.writer();
            ReadableByteChannel reader = pipe.reader();

            assertEquals(3, writer.write(Bytes.of("abc")));
            assertEquals(3, reader.read(Bytes.room()));
            assertFalse(((KernelSource) writer).isSocket());
            assertFalse(((KernelSource) reader).isSocket());
            writer.close();
            assertFalse(writer.isOpen());
            assertEquals(-1, reader.read(Bytes.room()));
        }
    }

    @Test
    void aListenerMakesStreamsOfDescriptorsThatAKernelAccepted() throws IOException {
        try (TcpListener listener = TcpListener.bind(ANY_PORT);
                TcpStream client = TcpStream.connect(listener.localAddress())) {
            assertTrue(listener.isSocket());
            Bytes.await(listener, Events.READ);
            int fd;
            try (TcpStream server = listener.accept()) {
                fd = TestLibc.dup(server.fd());
                try (TcpStream same = listener.accepted(fd)) {
                    assertEquals(fd, same.fd());
                    assertTrue(same.isSocket() && same.isConnected());
                    assertEquals(server.remoteAddress(), same.remoteAddress());
                    assertEquals(server.localAddress(), same.localAddress());
                    ByteChannel channel = same;
                    assertEquals(3, channel.write(Bytes.of("abc")));
                }
            }
            assertTrue(TestLibc.fcntl(fd, TestLibc.F_GETFD, 0) < 0, "closed with the stream");
            assertInstanceOf(ConnectingSource.class, client);
        }
    }

    @Test
    void aConnectionThatThePeerHasCutIsAStreamAllTheSame() throws IOException {
        try (TcpListener listener = TcpListener.bind(ANY_PORT)) {
            SocketChannel client = SocketChannel.open(listener.localAddress());
            Bytes.await(listener, Events.READ);
            try (TcpStream server = listener.accept()) {
                client.setOption(StandardSocketOptions.SO_LINGER, 0);
                client.close();
                Bytes.await(server, Events.READ);
                try (TcpStream same = listener.accepted(TestLibc.dup(server.fd()))) {
                    assertEquals(new InetSocketAddress(0), same.remoteAddress());
                    assertEquals(listener.localAddress(), same.localAddress());
                }
            }
        }
    }

    @Test
    void aDescriptorThatBecomesNoStreamIsClosed() throws IOException {
        try (TcpListener listener = TcpListener.bind(ANY_PORT);
                TcpStream client = TcpStream.connect(listener.localAddress())) {
            for (String call : new String[] {"getpeername", "getsockname"}) {
                int fd = TestLibc.dup(client.fd());
                try (Faults faults = Faults.refusing(call, 1, Errno.ENOMEM)) {
                    assertThrows(NativeIOException.class, () -> listener.accepted(fd));
                    assertTrue(faults.struck());
                }
                assertTrue(TestLibc.fcntl(fd, TestLibc.F_GETFD, 0) < 0, "closed");
            }
        }
    }

    @Test
    void aUnixListenerMakesStreamsToo(@TempDir Path directory) throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("socket"));
        try (UnixListener listener = UnixListener.bind(address);
                UnixStream client = UnixStream.connect(address)) {
            assertTrue(listener.isSocket());
            ConnectionSource<UnixStream> connections = listener;
            try (UnixStream server = connections.accept();
                    UnixStream same = connections.accepted(TestLibc.dup(server.fd()))) {
                assertTrue(same.isSocket());
                assertEquals(address, same.address());
                assertEquals(3, same.write(Bytes.of("abc")));
                assertEquals(3, client.read(Bytes.room()));
                Closeable none = connections.accept();
                assertEquals(null, none);
            }
        }
    }
}
