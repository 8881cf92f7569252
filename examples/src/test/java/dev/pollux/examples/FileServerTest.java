package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class FileServerTest {

    private static final String EVERY_BACKEND = "dev.pollux.examples.Backends#usable";
    private static final int CLIENTS = 20;

    @TempDir
    private Path outside;

    /** Returns what the server answers to {@code name}, up to the end. */
    private static byte[] ask(FileServer server, String name) throws IOException {
        try (Socket client = Clients.connect(server.address())) {
            Clients.write(client, (name + "\n").getBytes(StandardCharsets.UTF_8));
            return client.getInputStream().readAllBytes();
        }
    }

    private static byte[] answer(byte[] file) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.write(("OK " + file.length + "\n").getBytes(StandardCharsets.UTF_8));
        answer.write(file);
        return answer.toByteArray();
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void filesArriveWhole(String backend) throws IOException {
        Path folder = Files.createDirectory(outside.resolve(backend));
        try (EventLoop loop = EventLoop.open(backend);
                FileServer server = FileServer.start(loop, folder, 0)) {
            loop.start();
            for (int size : new int[] {0, 1, 64 * 1024, 64 * 1024 + 1, 5_000_000}) {
                byte[] file = Clients.bytes(size);
                Files.write(folder.resolve("file " + size), file);
                assertArrayEquals(answer(file), ask(server, "file " + size));
            }
            Clients.await(() -> server.connections() == 0, "a connection is left");
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void aClientMayEndItsOutputAndReadLate(String backend) throws IOException {
        Path folder = Files.createDirectory(outside.resolve(backend));
        byte[] file = Clients.bytes(13_107_200);
        Files.write(folder.resolve("large"), file);
        try (EventLoop loop = EventLoop.open(backend);
                FileServer server = FileServer.start(loop, folder, 0)) {
            loop.start();
            Socket[] clients = new Socket[CLIENTS];
            for (int i = 0; i < CLIENTS; i++) {
                clients[i] = Clients.connect(server.address());
                Clients.write(clients[i], "large".getBytes(StandardCharsets.UTF_8));
                clients[i].shutdownOutput();
            }
            byte[] expected = answer(file);
            for (int i = 0; i < CLIENTS; i++) {
                if (i % 2 == 0) {
                    assertArrayEquals(expected, clients[i].getInputStream().readAllBytes());
                    clients[i].close();
                } else {
                    Clients.reset(clients[i]);
                }
            }
            Clients.await(() -> server.connections() == 0, "a connection is left");
        }
    }

    @Test
    void noOtherFileIsSent() throws IOException {
        Path folder = Files.createDirectory(outside.resolve("served"));
        Files.writeString(outside.resolve("secret"), "secret");
        Files.createSymbolicLink(folder.resolve("link"), outside.resolve("secret"));
        Files.createDirectory(folder.resolve("sub"));
        Files.writeString(folder.resolve("sub/inside"), "inside");
        try (EventLoop loop = EventLoop.open();
                FileServer server = FileServer.start(loop, folder, 0)) {
            loop.start();
            for (String name : List.of("nothing", "../secret", "link", "sub", "", outside + "/secret", "a\0b")) {
                String answer = new String(ask(server, name), StandardCharsets.UTF_8);
                assertTrue(answer.startsWith("ERROR there is no file"), answer);
            }
            assertEquals("OK 6\ninside", new String(ask(server, "sub/inside"), StandardCharsets.UTF_8));
            assertEquals("OK 6\ninside", new String(ask(server, "sub/inside\nlink"), StandardCharsets.UTF_8));
        }
    }

    @Test
    void anEndlessNameEndsItsConnection() throws IOException {
        try (EventLoop loop = EventLoop.open();
                FileServer server = FileServer.start(loop, outside, 0);
                Socket client = Clients.connect(server.address())) {
            loop.start();
            Clients.write(client, "x".repeat(5000).getBytes(StandardCharsets.UTF_8));
            Clients.await(() -> server.connections() == 0, "it is still listened to");
        }
    }
}
