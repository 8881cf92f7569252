package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Timeout(60)
class UdpSocketTest {

    private Map<Integer, String> openBefore;
    private UdpSocket sender;
    private UdpSocket receiver;

    @BeforeEach
    void open() throws IOException {
        openBefore = OpenFiles.now();
        sender = UdpSocket.bind(at("127.0.0.1", 0));
        receiver = UdpSocket.bind(at("127.0.0.1", 0));
    }

    @AfterEach
    void close() {
        sender.close();
        receiver.close();
        assertEquals(openBefore, OpenFiles.now());
    }

    @Test
    void aDatagramArrivesWithItsSender() throws IOException {
        ByteBuffer datagram = Bytes.of("hello");
        ByteBuffer received = Bytes.room();

        assertTrue(sender.send(datagram, receiver.localAddress()));
        assertEquals(Events.READ, Bytes.await(receiver, Events.READ));

        assertEquals(sender.localAddress(), receiver.receive(received));
        assertEquals("hello", Bytes.text(received));
        assertFalse(datagram.hasRemaining());
        assertNull(receiver.receive(received));
        assertEquals("UdpSocket[fd " + sender.fd() + ", " + sender.localAddress() + "]", sender.toString());
    }

    @Test
    void aConnectedSocketReadsAndWrites() throws IOException {
        ByteBuffer received = Bytes.room();
        sender.connect(receiver.localAddress());
        receiver.connect(sender.localAddress());

        assertEquals(0, receiver.read(received));
        assertEquals(3, sender.write(Bytes.of("abc")));
        Bytes.await(receiver, Events.READ);

        assertEquals(3, receiver.read(received));
        assertEquals("abc", Bytes.text(received));
    }

    @Test
    void anEmptyDatagramIsNoEnd() throws IOException {
        sender.connect(receiver.localAddress());

        sender.write(ByteBuffer.allocateDirect(0));
        Bytes.await(receiver, Events.READ);

        assertEquals(0, receiver.read(Bytes.room()));
        sender.write(ByteBuffer.allocateDirect(0));
        Bytes.await(receiver, Events.READ);
        assertEquals(sender.localAddress(), receiver.receive(Bytes.room()));
    }

    @Test
    void whatDoesNotFitIsLost() throws IOException {
        ByteBuffer two = ByteBuffer.allocateDirect(2);
        sender.send(Bytes.of("abc"), receiver.localAddress());
        Bytes.await(receiver, Events.READ);

        receiver.receive(two);

        assertEquals("ab", Bytes.text(two));
        assertNull(receiver.receive(Bytes.room()));
    }

    @Test
    void aMissingReceiverFailsTheNextCall() throws IOException {
        sender.connect(receiver.localAddress());
        receiver.close();
        sender.write(Bytes.of("a"));
        Bytes.await(sender, Events.READ);

        NativeIOException refused = assertThrows(NativeIOException.class, () -> sender.read(Bytes.room()));

        assertTrue(refused.getMessage().contains("ECONNREFUSED, no one receives"), refused.getMessage());
    }

    @Test
    void whatCannotBeSentIsRefused() throws IOException {
        ByteBuffer tooLong = ByteBuffer.allocateDirect(70_000);

        NativeIOException refused =
                assertThrows(NativeIOException.class, () -> sender.send(tooLong, receiver.localAddress()));
        NativeIOException alone = assertThrows(NativeIOException.class, () -> sender.write(Bytes.of("a")));

        assertTrue(refused.getMessage().startsWith("sendto(" + receiver.localAddress() + ")"), refused.getMessage());
        assertTrue(refused.getMessage().contains("EMSGSIZE, the datagram is too long"), refused.getMessage());
        assertEquals(0, tooLong.position());
        assertTrue(alone.getMessage().contains("EDESTADDRREQ"), alone.getMessage());
        assertThrows(
                IllegalArgumentException.class, () -> sender.send(ByteBuffer.allocate(1), receiver.localAddress()));
        assertThrows(IllegalArgumentException.class, () -> sender.send(Bytes.of("a"), at("::1", 9)));
        assertThrows(IllegalArgumentException.class, () -> sender.connect(at("::1", 9)));
    }

    @Test
    void atTheAddressOfEverythingBothVersionsWork() throws IOException {
        try (UdpSocket both = UdpSocket.bind(at("::", 0))) {
            int port = both.localAddress().getPort();
            ByteBuffer received = Bytes.room();

            both.send(Bytes.of("out"), receiver.localAddress());
            Bytes.await(receiver, Events.READ);
            InetSocketAddress from = receiver.receive(received);
            sender.send(Bytes.of("in"), at("127.0.0.1", port));
            Bytes.await(both, Events.READ);

            assertEquals(at("127.0.0.1", port), from);
            assertEquals(sender.localAddress(), both.receive(received));
            assertEquals("outin", Bytes.text(received));
        }
    }

    private static InetSocketAddress at(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }
}
