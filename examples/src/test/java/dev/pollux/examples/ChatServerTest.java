package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.stream.StreamOptions;
import dev.pollux.stream.StreamServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class ChatServerTest {

    private static final String EVERY_BACKEND = "dev.pollux.examples.Backends#usable";
    private static final int MOST_LINES_OF_CODE = 45;

    /** Of 1000 bytes each: more than all the buffers of the kernel hold. */
    private static final int MOST_LINES = 100_000;

    private static final String LINE = "x".repeat(1000);
    private static final int RESETS = 50;
    private static final int MANY = 500;

    @Test
    void isShort() throws IOException {
        long lines = Files.readAllLines(Path.of("src/main/java/dev/pollux/examples/ChatServer.java")).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.matches("(/\\*\\*|\\*|//|import|package).*"))
                .count();

        assertTrue(lines <= MOST_LINES_OF_CODE, lines + " lines");
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void everyLineGoesToAll(String backend) throws IOException {
        try (Chat chat = new Chat(backend);
                Guest first = chat.join();
                Guest second = chat.join()) {
            assertEquals("1 joins", first.hear());
            assertEquals("2 joins", first.hear());
            assertEquals("2 joins", second.hear());

            first.say("hel");
            second.say("good day\r\n");
            assertEquals("2: good day", first.hear());
            first.say("lo\nw");
            Clients.write(first.socket, new byte[] {(byte) 0xC3});
            Clients.write(first.socket, new byte[] {(byte) 0xB6});
            first.say("rld\n\n");

            for (String expected : List.of("2: good day", "1: hello", "1: wörld", "1: ")) {
                assertEquals(expected, second.hear());
            }
            for (String expected : List.of("1: hello", "1: wörld", "1: ")) {
                assertEquals(expected, first.hear());
            }
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void aMemberThatEndsItsInputGetsWhatWasSaidAndThenTheEnd(String backend) throws IOException {
        try (Chat chat = new Chat(backend);
                Guest leaver = chat.join();
                Guest other = chat.join()) {
            leaver.say("bye\n");
            leaver.socket.shutdownOutput();

            assertEquals(List.of("1 joins", "2 joins", "1: bye"), leaver.hearAll());
            leaver.leave();
            assertEquals("2 joins", other.hear());
            assertEquals("1: bye", other.hear());
            assertEquals("1 leaves", other.hear());
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void aMemberThatReadsNothingIsOutWhenTooMuchWaits(String backend) throws IOException {
        try (Chat chat = new Chat(backend);
                Guest silent = chat.join(4096);
                Guest speaker = chat.join()) {
            assertEquals("2 joins", speaker.hear());
            String heard = "";
            for (int i = 0; !heard.equals("1 leaves"); i++) {
                assertTrue(i < MOST_LINES, "everything is kept for a member that does not read");
                speaker.say(LINE + "\n");
                heard = speaker.hear();
                assertTrue(heard.equals("1 leaves") || heard.equals("2: " + LINE), heard);
            }

            assertEquals("1 joins", silent.hear(), "what was sent before arrives");
            assertEquals("2 joins", silent.hear());
            assertEquals("2: " + LINE, silent.hear());
            chat.awaitMembers(1);
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void aLineWithoutEndEndsItsSpeaker(String backend) throws IOException {
        try (Chat chat = new Chat(backend);
                Guest other = chat.join();
                Guest endless = chat.join()) {
            endless.say("z".repeat(4096) + "\n");
            endless.say("z".repeat(4097));

            assertEquals("1 joins", other.hear());
            assertEquals("2 joins", other.hear());
            assertEquals("2: " + "z".repeat(4096), other.hear());
            assertEquals("2 leaves", other.hear());
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void resetsEndTheirMembersOnlyAndLeakNothing(String backend) throws IOException {
        try (Chat chat = new Chat(backend);
                Guest speaker = chat.join()) {
            assertEquals("1 joins", speaker.hear());
            long before = Clients.openDescriptors();

            for (int i = 2; i < 2 + RESETS; i++) {
                Guest rude = chat.join();
                rude.say("half a line");
                Clients.reset(rude.socket);
                assertEquals(i + " joins", speaker.hear());
                assertEquals(i + " leaves", speaker.hear());
            }

            speaker.say("after\n");
            assertEquals("1: after", speaker.hear());
            Clients.await(
                    () -> Clients.openDescriptors() <= before + Clients.JVM_DESCRIPTORS,
                    "more descriptors than the " + before + " before");
        }
    }

    @Test
    void aMemberThatIsSilentAndToWhomNoOneSpeaksIsOut() throws IOException {
        try (Chat chat = new Chat(Backends.best(), ChatServer.OPTIONS.idleTimeout(Duration.ofMillis(200)));
                Guest silent = chat.join()) {
            assertEquals(List.of("1 joins"), silent.hearAll());
        }
    }

    @Test
    void theEndOfTheChatLosesNothingThatWasSaid() throws Exception {
        try (Chat chat = new Chat(Backends.best());
                Guest first = chat.join();
                Guest second = chat.join()) {
            first.say("one\ntwo\n");
            assertEquals("1 joins", first.hear());
            assertEquals("2 joins", first.hear());
            assertEquals("1: one", first.hear());

            CompletableFuture<Integer> stopped = chat.server.stop(Duration.ofSeconds(10));

            assertEquals(List.of("2 joins", "1: one", "1: two"), second.hearAll());
            second.leave();
            assertEquals("1: two", first.hear());
            assertNull(first.hear());
            first.leave();
            assertEquals(0, stopped.get(Clients.SOON_MILLIS, TimeUnit.MILLISECONDS));
        }
    }

    @Test
    void servesHundredsAtOnce() throws IOException {
        try (Chat chat = new Chat(Backends.best())) {
            // Those that come before the last one hear of each that comes after them.
            List<Socket> guests = Clients.connect(chat.address(), Clients.connectionsThatFit(MANY));
            chat.awaitMembers(guests.size());
            try (Guest last = chat.join()) {
                String joins = (guests.size() + 1) + " joins";
                assertEquals(joins, last.hear());
                last.say("hello\n");
                for (Socket socket : guests) {
                    BufferedReader reader =
                            new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                    String line = reader.readLine();
                    while (!line.equals(joins)) {
                        line = reader.readLine();
                    }
                    assertEquals((guests.size() + 1) + ": hello", reader.readLine());
                }
            } finally {
                Clients.close(guests);
            }
            chat.awaitMembers(0);
        }
    }

    /** A chat on a loop that runs. */
    private static final class Chat implements AutoCloseable {

        final EventLoop loop;
        final StreamServer server;

        Chat(String backend) throws IOException {
            this(backend, ChatServer.OPTIONS);
        }

        Chat(String backend, StreamOptions options) throws IOException {
            loop = EventLoop.open(backend);
            server = ChatServer.serve(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), options);
            loop.start();
        }

        InetSocketAddress address() {
            return (InetSocketAddress) server.address().orElseThrow();
        }

        Guest join() throws IOException {
            return join(0);
        }

        /** Joins and waits for it, because the order of numbers is that of accepting. */
        Guest join(int receiveBytes) throws IOException {
            long before = server.acceptor().accepted();
            Socket socket = new Socket();
            if (receiveBytes > 0) {
                socket.setReceiveBufferSize(receiveBytes);
            }
            socket.setSoTimeout(Clients.SOON_MILLIS);
            socket.connect(address(), Clients.SOON_MILLIS);
            Clients.await(() -> server.acceptor().accepted() == before + 1, "a member is not accepted");
            return new Guest(socket);
        }

        void awaitMembers(int count) {
            Clients.await(() -> server.connections() == count, "there are not " + count + " members");
        }

        @Override
        public void close() {
            server.close();
            loop.close();
        }
    }

    /** A member as seen from the other end. */
    private static final class Guest implements AutoCloseable {

        final Socket socket;
        final BufferedReader reader;

        Guest(Socket socket) throws IOException {
            this.socket = socket;
            this.reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        void say(String text) {
            Clients.write(socket, text.getBytes(StandardCharsets.US_ASCII));
        }

        String hear() throws IOException {
            return reader.readLine();
        }

        /** Returns what comes until the end. */
        List<String> hearAll() {
            return reader.lines().toList();
        }

        void leave() throws IOException {
            socket.close();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
