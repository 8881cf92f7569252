package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Selectors;
import dev.pollux.ffm.EpollBackendProvider;
import dev.pollux.ffm.sys.Faults;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** How many calls of the kernel an echoed message takes. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class EchoCallsTest {

    private static final int CONNECTIONS = 64;

    private final List<TcpStream> streams = new ArrayList<>();

    @AfterEach
    void close() {
        streams.forEach(TcpStream::close);
    }

    @Test
    void aMessageTakesOneCallToReceiveAndOneToSend() throws IOException {
        assertEchoOf(64);
    }

    @Test
    void aMessageAsLongAsTheBufferTakesNoMore() throws IOException {
        assertEchoOf(16 * 1024);
    }

    private void assertEchoOf(int bytes) throws IOException {
        ByteBuffer message = ByteBuffer.allocateDirect(bytes);
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
        List<TcpStream> clients = new ArrayList<>();
        try (EventSelector selector = Selectors.open(new EpollBackendProvider());
                TcpListener listener = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            for (int i = 0; i < CONNECTIONS; i++) {
                clients.add(opened(TcpStream.connect(listener.localAddress())));
                Bytes.await(listener, Events.READ);
                TcpStream server = opened(listener.accept());
                selector.register(server, Events.READ, server);
            }
            for (TcpStream client : clients) {
                assertEquals(bytes, client.write(message.clear()));
            }
            // All of it has arrived on loopback once the last one is ready.
            for (int i = 1; i < streams.size(); i += 2) {
                Bytes.await(streams.get(i), Events.READ);
            }

            List<String> calls;
            try (Faults recorded = Faults.recording()) {
                int echoed = selector.select(Bytes.SOON, (key, ready) -> {
                    TcpStream server = (TcpStream) key.data();
                    assertEquals(bytes, server.read(buffer.clear()));
                    assertEquals(bytes, server.write(buffer.flip()));
                });
                assertEquals(CONNECTIONS, echoed);
                calls = recorded.calls();
            }

            assertEquals(CONNECTIONS, Collections.frequency(calls, "recv"), calls::toString);
            assertEquals(CONNECTIONS, Collections.frequency(calls, "send"), calls::toString);
            assertEquals(2 * CONNECTIONS + 1, calls.size(), calls::toString);
        }
    }

    private TcpStream opened(TcpStream stream) {
        streams.add(stream);
        return stream;
    }
}
