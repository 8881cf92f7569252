package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Fd;
import dev.pollux.UnsupportedSourceException;
import dev.pollux.ffm.file.NativePipe;
import dev.pollux.loop.EventLoop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class ChatServerTest {

    private static final String EVERY_BACKEND = "dev.pollux.examples.Backends#usable";

    /** Of 1000 bytes each: more than all the buffers of the kernel hold. */
    private static final int MOST_LINES = 100_000;

    private static final String LINE = "x".repeat(1000);
    private static final int RESETS = 50;
    private static final int MANY = 5_000;

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void everyLineGoesToAllOthers(String backend) throws IOException {
        try (Chat chat = new Chat(backend);
                Guest first = chat.join();
                Guest second = chat.join();
                Guest third = chat.join()) {
            first.say("hel");
            second.say("good day\r\n");
            assertEquals("2: good day", first.hear());
            first.say("lo\nw");
            Clients.write(first.socket, new byte[] {(byte) 0xC3});
            Clients.write(first.socket, new byte[] {(byte) 0xB6});
            first.say("rld\n\n");

            for (String expected : List.of("1: hello", "1: wörld", "1: ")) {
                assertEquals(expected, second.hear());
            }
            for (String expected : List.of("2: good day", "1: hello", "1: wörld", "1: ")) {
                assertEquals(expected, third.hear());
            }
            assertEquals(List.of("2: good day", "1: hello", "1: wörld", "1: "), List.copyOf(chat.screen));
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void whoeverEndsItsInputGetsWhatWasSaidAndThenTheEnd(String backend) throws IOException {
        try (Chat chat = new Chat(backend);
                Guest leaver = chat.join();
                Guest other = chat.join()) {
            other.say("bye\n");
            assertEquals("2: bye", leaver.hear());

            leaver.say("first\nlast without an end");
            leaver.socket.shutdownOutput();

            assertEquals(-1, leaver.reader.read());
            assertEquals("1: first", other.hear());
            assertEquals("1: last without an end", other.hear());
            chat.awaitMembers(1);
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void whoeverEndsItsInputGetsWhatWaitsToo(String backend) throws IOException {
        try (Chat chat = new Chat(backend);
                Guest leaver = chat.join(4096);
                Guest speaker = chat.join();
                Guest listener = chat.join()) {
            int lines = 0;
            while (chat.server.held() < ChatServer.HIGH_WATER - 4L * LINE.length()) {
                assertTrue(lines++ < MOST_LINES, "the kernel takes everything");
                speaker.say(LINE + "\n");
                assertEquals("2: " + LINE, listener.hear());
            }
            leaver.socket.shutdownOutput();

            // Some turns of the loop, in which it may read the end.
            for (String word : List.of("one", "two")) {
                speaker.say(word + "\n");
                assertEquals("2: " + word, listener.hear());
            }
            for (int i = 0; i < lines; i++) {
                assertEquals("2: " + LINE, leaver.hear());
            }
            String last = leaver.hear();
            assertTrue(last == null || (last.equals("2: one") && leaver.hear() == null), "it goes on with " + last);
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void whoeverReadsNothingIsOutWhenTooMuchWaits(String backend) throws IOException {
        try (Chat chat = new Chat(backend);
                Guest silent = chat.join(4096);
                Guest speaker = chat.join();
                Guest listener = chat.join()) {
            for (int i = 0; chat.server.members() == 3; i++) {
                assertTrue(i < MOST_LINES, "everything is kept for somebody who does not read");
                speaker.say(LINE + "\n");
                assertEquals("2: " + LINE, listener.hear());
                assertTrue(chat.server.held() <= 2 * ChatServer.LIMIT, () -> "holds " + chat.server.held());
            }

            speaker.say("still here\n");
            assertEquals("2: still here", listener.hear());
            assertEquals(2, chat.server.members());
            assertEquals("2: " + LINE, silent.hear(), "what was sent before arrives");
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void whoeverTalksWithoutReadingIsHeardOnceItReads(String backend) throws IOException {
        try (Chat chat = new Chat(backend);
                Guest deaf = chat.join(4096);
                Guest speaker = chat.join();
                Guest listener = chat.join()) {
            int lines = 0;
            while (chat.server.held() < ChatServer.HIGH_WATER + 4L * LINE.length()) {
                assertTrue(lines++ < MOST_LINES, "the kernel takes everything");
                speaker.say(LINE + "\n");
                assertEquals("2: " + LINE, listener.hear());
            }
            deaf.say("what?\n");

            // A turn of the loop after the first of these, what was said before would have been read.
            for (String word : List.of("one", "two")) {
                speaker.say(word + "\n");
                assertEquals("2: " + word, listener.hear());
            }
            for (int i = 0; i < lines; i++) {
                assertEquals("2: " + LINE, deaf.hear());
            }
            assertEquals("1: what?", listener.hear());
            assertEquals("1: what?", speaker.hear());
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void aLineWithoutEndEndsItsSpeaker(String backend) throws IOException {
        try (Chat chat = new Chat(backend);
                Guest speaker = chat.join();
                Guest endless = chat.join()) {
            endless.say("z".repeat(ChatServer.LINE_BYTES));
            speaker.say("go on\n");
            assertEquals("1: go on", endless.hear());

            endless.say("z");

            chat.awaitMembers(1);
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void resetsEndTheirMembersOnlyAndLeakNothing(String backend) throws IOException {
        try (Chat chat = new Chat(backend);
                Guest speaker = chat.join();
                Guest listener = chat.join()) {
            speaker.say("before\n");
            assertEquals("1: before", listener.hear());
            long before = Clients.openDescriptors();

            for (int i = 0; i < RESETS; i++) {
                Guest rude = chat.join();
                speaker.say(LINE + "\n");
                assertEquals("1: " + LINE, listener.hear());
                rude.say("half a line");
                Clients.reset(rude.socket);
                chat.awaitMembers(2);
            }

            speaker.say("after\n");
            assertEquals("1: after", listener.hear());
            Clients.await(
                    () -> Clients.openDescriptors() <= before + Clients.JVM_DESCRIPTORS,
                    "more descriptors than the " + before + " before");
        }
    }

    @Test
    void servesThousandsAtOnce() throws IOException {
        try (Chat chat = new Chat(Backends.best())) {
            List<Socket> guests = Clients.connect(chat.server.address(), Clients.connectionsThatFit(MANY));
            try {
                chat.awaitMembers(guests.size());
                Clients.write(guests.get(0), "hello\n".getBytes(StandardCharsets.US_ASCII));
                byte[] expected = "1: hello\n".getBytes(StandardCharsets.US_ASCII);
                Clients.assertEachReads(guests.subList(1, guests.size()), i -> expected);
            } finally {
                Clients.close(guests);
            }
            chat.awaitMembers(0);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theOperatorTakesPartOnTheSameLoop() throws Exception {
        try (Chat chat = new Chat("epoll");
                NativePipe keyboard = NativePipe.open();
                Guest first = chat.join();
                Guest second = chat.join()) {
            chat.server.hear(keyboard.reader(), keyboard.reader()::read);

            type(keyboard, "hello a");
            type(keyboard, "ll\n@2 psst\n@3 nobody\n@2\nbye\n");

            assertEquals("operator: hello all", first.hear());
            assertEquals("operator: bye", first.hear());
            assertEquals("operator: hello all", second.hear());
            assertEquals("operator: psst", second.hear());
            assertEquals("operator: bye", second.hear());
            assertEquals(2, chat.screen.size(), () -> chat.screen.toString());
            assertTrue(chat.screen.peek().contains("\"@3 nobody\""), () -> chat.screen.toString());

            type(keyboard, "/quit\n");
            chat.assertEnds();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theEndOfTheOperatorsInputEndsNothing() throws Exception {
        try (Chat chat = new Chat("epoll");
                NativePipe keyboard = NativePipe.open();
                Guest first = chat.join();
                Guest second = chat.join()) {
            chat.server.hear(keyboard.reader(), keyboard.reader()::read);

            type(keyboard, "and now\n");
            keyboard.writer().close();

            assertEquals("operator: and now", first.hear());
            first.say("silence\n");
            assertEquals("operator: and now", second.hear());
            assertEquals("1: silence", second.hear());
        }
    }

    @Test
    void aBackendWithoutDescriptorsRefusesTheOperatorsDescriptor() throws IOException {
        try (Chat chat = new Chat("nio")) {
            assertThrows(UnsupportedSourceException.class, () -> chat.server.hear(Fd.of(0), buffer -> -1));
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_BACKEND)
    void aThreadMayReadForTheOperator(String backend) throws Exception {
        try (Chat chat = new Chat(backend);
                PipedOutputStream keyboard = new PipedOutputStream();
                Guest guest = chat.join()) {
            chat.server.hear(new PipedInputStream(keyboard));

            keyboard.write("one\ntwo\n".getBytes(StandardCharsets.US_ASCII));
            keyboard.flush();
            assertEquals("operator: one", guest.hear());
            assertEquals("operator: two", guest.hear());

            keyboard.write("/quit\n".getBytes(StandardCharsets.US_ASCII));
            keyboard.flush();
            chat.assertEnds();
        }
    }

    private static void type(NativePipe keyboard, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        keyboard.writer()
                .write(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
    }

    /** A chat on a loop that runs. */
    private static final class Chat implements AutoCloseable {

        final EventLoop loop;
        final ChatServer server;
        final Queue<String> screen = new ConcurrentLinkedQueue<>();
        private final Thread thread;

        Chat(String backend) throws IOException {
            loop = EventLoop.builder().backend(backend).open();
            server = ChatServer.start(loop, 0, screen::add);
            thread = loop.start();
        }

        Guest join() throws IOException {
            return join(0);
        }

        /** Lets somebody in and waits until it is, because the order of numbers is that of accepting. */
        Guest join(int receiveBytes) throws IOException {
            int before = server.members();
            Socket socket = new Socket();
            if (receiveBytes > 0) {
                socket.setReceiveBufferSize(receiveBytes);
            }
            socket.setSoTimeout(Clients.SOON_MILLIS);
            socket.connect(server.address(), Clients.SOON_MILLIS);
            awaitMembers(before + 1);
            return new Guest(socket);
        }

        void awaitMembers(int count) {
            Clients.await(() -> server.members() == count, "there are not " + count + " members");
        }

        void assertEnds() throws InterruptedException {
            thread.join(Clients.SOON_MILLIS);
            assertFalse(thread.isAlive());
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

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
