package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CoroutineEchoTest {

    @Test
    void aConnectionIsACoroutineForAsLongAsItIsOpen() throws IOException {
        try (EventLoop loop = EventLoop.open();
                CoroutineEcho server = CoroutineEcho.start(loop, 0)) {
            loop.start();
            List<Socket> clients = Clients.connect(server.address(), 20);
            Clients.writeAll(clients, client -> Clients.bytes(10));
            Clients.assertEachReads(clients, client -> Clients.bytes(10));
            assertEquals(20, server.connections());

            Clients.close(clients);

            Clients.await(() -> server.connections() == 0, "coroutines go on without their peers");
            Clients.await(() -> loop.registered() == 1, "connections stay registered without their peers");
        }
    }

    @Test
    void theBackendMayChangeWhileAllWait() throws IOException {
        try (EventLoop loop = EventLoop.open();
                CoroutineEcho server = CoroutineEcho.start(loop, 0)) {
            loop.start();
            try (Socket client = Clients.connect(server.address())) {
                for (String backend : Backends.usable().toList()) {
                    loop.swap(backend).join();
                    Clients.write(client, Clients.bytes(100));
                    assertArrayEquals(Clients.bytes(100), Clients.read(client, 100));
                }
            }
        }
    }

    @Test
    void whoWaitsWhenTheLoopEndsClosesItsSocket() throws IOException {
        try (EventLoop loop = EventLoop.open();
                CoroutineEcho server = CoroutineEcho.start(loop, 0)) {
            loop.start();
            try (Socket client = Clients.connect(server.address())) {
                Clients.write(client, Clients.bytes(10));
                assertArrayEquals(Clients.bytes(10), Clients.read(client, 10));

                loop.shutdown();

                assertEquals(-1, client.getInputStream().read());
            }
        }
    }
}
