package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.pollux.ffm.file.NativePipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
@Timeout(60)
class UnixEchoServerTest {

    @TempDir
    private Path directory;

    @Test
    void echoesUntilTheInputSaysQuit() throws Exception {
        Path path = directory.resolve("x.sock");
        try (NativePipe commands = NativePipe.open()) {
            CompletableFuture<Void> serving = CompletableFuture.runAsync(() -> serve(path, commands));
            while (!Files.exists(path) && !serving.isDone()) {
                Thread.onSpinWait();
            }
            try (SocketChannel client = connect(path)) {
                client.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
                assertEquals("hello", read(client, 5));

                write(commands, "wait\nqu");
                write(commands, "it\n");

                serving.get(10, TimeUnit.SECONDS);
                assertEquals(-1, client.read(ByteBuffer.allocate(1)));
            }
            assertFalse(Files.exists(path));
        }
    }

    @Test
    void theEndOfTheInputEndsItToo() throws Exception {
        Path path = directory.resolve("x.sock");
        try (NativePipe commands = NativePipe.open()) {
            CompletableFuture<Void> serving = CompletableFuture.runAsync(() -> serve(path, commands));

            commands.writer().close();

            serving.get(10, TimeUnit.SECONDS);
        }
    }

    private static void serve(Path path, NativePipe commands) {
        try {
            UnixEchoServer.serve("epoll", path, commands.reader(), commands.reader()::read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file is there a moment before the socket listens. */
    private static SocketChannel connect(Path path) throws Exception {
        while (true) {
            try {
                return SocketChannel.open(UnixDomainSocketAddress.of(path));
            } catch (IOException notYet) {
                Thread.onSpinWait();
            }
        }
    }

    private static String read(SocketChannel client, int bytes) throws IOException {
        ByteBuffer received = ByteBuffer.allocate(bytes);
        while (received.hasRemaining() && client.read(received) >= 0) {
            // Until all of it is here.
        }
        return StandardCharsets.US_ASCII.decode(received.flip()).toString();
    }

    private static void write(NativePipe commands, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        commands.writer()
                .write(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
    }
}
