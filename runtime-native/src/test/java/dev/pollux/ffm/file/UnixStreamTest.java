package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.TestLibc;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
@Timeout(60)
class UnixStreamTest {

    @TempDir
    private Path directory;

    private Map<Integer, String> openBefore;
    private UnixDomainSocketAddress address;

    @BeforeEach
    void remember() {
        openBefore = OpenFiles.now();
        address = UnixDomainSocketAddress.of(directory.resolve("x.sock"));
    }

    @AfterEach
    void nothingIsLeftOpen() {
        assertEquals(openBefore, OpenFiles.now());
    }

    @Test
    void bytesGoBothWays() throws IOException {
        try (UnixListener listener = UnixListener.bind(address);
                UnixStream client = UnixStream.connect(address)) {
            assertEquals(Events.READ, Bytes.await(listener, Events.READ));
            try (UnixStream server = listener.accept()) {
                ByteBuffer received = Bytes.room();

                client.write(Bytes.of("ask"));
                Bytes.await(server, Events.READ);
                server.read(received);
                server.write(Bytes.of("tell"));
                Bytes.await(client, Events.READ);
                client.read(received);

                assertEquals("asktell", Bytes.text(received));
                assertEquals(0, client.read(received));
                server.shutdownOutput();
                Bytes.await(client, Events.READ);
                assertEquals(-1, client.read(received));
                assertNull(listener.accept());
                assertEquals("UnixStream[fd " + client.fd() + ", " + address + "]", client.toString());
                assertEquals(address, server.address());
                assertEquals(address, listener.address());
            }
        }
    }

    @Test
    void theJdkConnectsToIt() throws IOException {
        try (UnixListener listener = UnixListener.bind(address);
                SocketChannel client = SocketChannel.open(address);
                UnixStream server = listener.accept()) {
            client.write(ByteBuffer.wrap(new byte[3]));
            Bytes.await(server, Events.READ);

            assertEquals(3, server.read(Bytes.room()));
        }
    }

    @Test
    void aPeerThatIsGoneIsAnErrorForTheWriter() throws IOException {
        try (UnixListener listener = UnixListener.bind(address);
                UnixStream client = UnixStream.connect(address)) {
            listener.accept().close();

            NativeIOException gone = assertThrows(NativeIOException.class, () -> client.write(Bytes.of("a")));

            assertEquals("EPIPE", gone.errnoName());
            assertTrue(gone.getMessage().endsWith("the other end is closed for reading; close this end"));
        }
    }

    @Test
    void theFileStaysAndKeepsOthersFromBinding() throws IOException {
        UnixListener.bind(address).close();

        NativeIOException taken = assertThrows(NativeIOException.class, () -> UnixListener.bind(address));

        assertEquals("bind(" + address + ")", taken.call());
        assertTrue(taken.getMessage().contains("delete the file"), taken.getMessage());
        Files.delete(address.getPath());
        UnixListener.bind(address).close();
    }

    @Test
    void aConnectThatIsRefusedSaysWhy() throws IOException {
        NativeIOException missing = assertThrows(NativeIOException.class, () -> UnixStream.connect(address));
        UnixListener.bind(address).close();
        NativeIOException deserted = assertThrows(NativeIOException.class, () -> UnixStream.connect(address));

        assertTrue(missing.getMessage().contains("ENOENT, no such socket"), missing.getMessage());
        assertTrue(deserted.getMessage().contains("ECONNREFUSED, no one listens there"), deserted.getMessage());
        assertTrue(deserted.getMessage().startsWith("connect(" + address + ")"), deserted.getMessage());
    }

    @Test
    void aFullQueueRefusesInsteadOfWaiting() throws IOException {
        try (UnixListener listener = UnixListener.bind(address, 1)) {
            List<UnixStream> waiting = new ArrayList<>();
            try {
                NativeIOException full = assertThrows(NativeIOException.class, () -> {
                    while (waiting.size() < 10) {
                        waiting.add(UnixStream.connect(address));
                    }
                });

                assertTrue(full.getMessage().contains("EAGAIN, the listener's queue is full"), full.getMessage());
                assertTrue(listener.isOpen());
            } finally {
                waiting.forEach(UnixStream::close);
            }
        }
    }

    @Test
    void pathsThatDoNotFitAreRefused() {
        UnixDomainSocketAddress tooLong = UnixDomainSocketAddress.of(directory.resolve("x".repeat(108)));

        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> UnixListener.bind(tooLong));

        assertTrue(refused.getMessage().contains("a Unix socket's has 1 to 107"), refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> UnixStream.connect(UnixDomainSocketAddress.of("")));
        assertThrows(IllegalArgumentException.class, () -> UnixListener.bind(address, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"socket", "bind", "listen"})
    void aListenerThatIsRefusedHalfwayLeavesNothing(String call) {
        try (Faults faults = Faults.refusing(call, 1, 105)) {
            assertThrows(NativeIOException.class, () -> UnixListener.bind(address));

            assertTrue(faults.struck());
        }
    }

    @Test
    void acceptedStreamsAreNonBlockingAndClosedOnExec() throws IOException {
        try (UnixListener listener = UnixListener.bind(address);
                UnixStream client = UnixStream.connect(address);
                UnixStream server = listener.accept()) {
            for (NativeFile file : List.of(listener, client, server)) {
                assertEquals(TestLibc.FD_CLOEXEC, TestLibc.fcntl(file.fd(), TestLibc.F_GETFD, 0), file::toString);
                assertTrue((TestLibc.fcntl(file.fd(), TestLibc.F_GETFL, 0) & TestLibc.O_NONBLOCK) != 0, file::toString);
            }
        }
    }
}
