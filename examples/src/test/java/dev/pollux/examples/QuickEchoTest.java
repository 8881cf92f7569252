package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QuickEchoTest {

    @Test
    void readmeShowsWhatIsCompiledHere() throws Exception {
        String source = Files.readString(Path.of("src/main/java/dev/pollux/examples/QuickEcho.java"));
        String shown = source.substring(source.indexOf("// README begins\n") + 17, source.indexOf("    // README ends"))
                .lines()
                .map(line -> line.substring(Math.min(4, line.length())))
                .collect(Collectors.joining("\n"));

        assertTrue(Files.readString(Path.of("../README.md")).contains(shown), shown);
    }

    @Test
    void echoesUntilThePeerCloses() throws Exception {
        try (EventLoop loop = EventLoop.open();
                ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            QuickEcho.serve(loop, server);
            loop.start();
            InetSocketAddress address = (InetSocketAddress) server.getLocalAddress();
            try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
                byte[] sent = {1, 2, 3};
                socket.getOutputStream().write(sent);
                assertArrayEquals(sent, socket.getInputStream().readNBytes(3));
                socket.shutdownOutput();
                assertEquals(-1, socket.getInputStream().read());
            }
        }
    }
}
