package org.example.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.loop.EventLoop;
import dev.pollux.stream.StreamServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ServerTest {

    @Test
    void whatIsSentComesBack() throws IOException {
        try (EventLoop loop = EventLoop.open();
                StreamServer server = Server.start(loop, 0)) {
            loop.start();
            try (Socket client = new Socket("127.0.0.1", Server.address(server).getPort())) {
                client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
                client.shutdownOutput();

                assertEquals("hello", new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }
}
