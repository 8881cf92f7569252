package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.examples.EchoTutorial.Running;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What all tutorial servers that echo have in common. */
@Timeout(60)
class EchoTutorialsTest {

    private static final long MORE_THAN_THE_KERNEL_HOLDS = 256L << 20;
    private static final int RESETS = 50;
    private static final int MESSAGES = 500;

    /** What was on its way when the counting began. */
    private static final int OTHER_EVENTS = 20;

    private static final int MANY = 5_000;

    /** Returns each server with each backend that it can run on. */
    static Stream<Arguments> everywhere() {
        return Arrays.stream(EchoTutorial.values())
                .flatMap(tutorial -> (tutorial.isOnBackend() ? Backends.usable() : Stream.of("none"))
                        .map(backend -> Arguments.of(tutorial, backend)));
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void answersWhatItReceives(EchoTutorial tutorial, String backend) throws IOException {
        try (Running running = tutorial.start(backend);
                Socket client = Clients.connect(running.address());
                Socket other = Clients.connect(running.address())) {
            assertAnswers(tutorial, client, 100);
            assertAnswers(tutorial, other, 50_000);
            assertAnswers(tutorial, client, 1);
        }
    }

    /** The backend that is the default, and the one that is everywhere; for what takes long. */
    static Stream<Arguments> onTwoBackends() throws IOException {
        Set<Object> two = Set.of(Backends.best(), "nio", "none");
        return everywhere().filter(each -> two.contains(each.get()[1]));
    }

    static Stream<Arguments> onTheOthers() throws IOException {
        Set<Object> two = Set.of(Backends.best(), "nio", "none");
        return everywhere().filter(each -> !two.contains(each.get()[1]));
    }

    @ParameterizedTest
    @MethodSource("onTwoBackends")
    void aHalfClosedConnectionGetsAllItsAnswersAndThenTheEnd(EchoTutorial tutorial, String backend) throws IOException {
        assertAnswersAfterAHalfClose(tutorial, backend);
    }

    @ParameterizedTest
    @Tag("full")
    @MethodSource("onTheOthers")
    void aHalfClosedConnectionGetsAllItsAnswersOnOtherBackends(EchoTutorial tutorial, String backend)
            throws IOException {
        assertAnswersAfterAHalfClose(tutorial, backend);
    }

    private static void assertAnswersAfterAHalfClose(EchoTutorial tutorial, String backend) throws IOException {
        try (Running running = tutorial.start(backend);
                Socket bystander = Clients.connect(running.address());
                SocketChannel client = SocketChannel.open()) {
            client.socket().setReceiveBufferSize(4096);
            client.socket().setSoTimeout(Clients.SOON_MILLIS);
            client.connect(running.address());
            long sent = sendUntilAnswersAreHeld(client, running);

            client.shutdownOutput();

            // A round after the first of these, a server that reads at all has seen the end.
            assertAnswers(tutorial, bystander, 10);
            assertAnswers(tutorial, bystander, 10);
            Clients.assertReads(client, (from, count) -> tutorial.answer(Clients.pattern(from, count)), sent);
            assertEquals(-1, client.socket().getInputStream().read());
        }
    }

    /** Sends a little at a time until the kernel has no room left for the answers, and returns how much was sent. */
    private static long sendUntilAnswersAreHeld(SocketChannel client, Running running) throws IOException {
        long sent = 0;
        do {
            assertTrue(sent < MORE_THAN_THE_KERNEL_HOLDS, "the kernel takes everything");
            sent += client.write(ByteBuffer.wrap(Clients.pattern(sent, 8 * 1024)));
            long start = System.nanoTime();
            while ((running.received().getAsLong() < sent || running.held() > 0)
                    && System.nanoTime() - start < 50_000_000) {
                Thread.onSpinWait();
            }
        } while (running.held() <= 0);
        return sent;
    }

    @ParameterizedTest
    @MethodSource("onTwoBackends")
    void whoeverDoesNotReadIsNotReadFrom(EchoTutorial tutorial, String backend) throws IOException {
        assertNotReadFromUntilItReads(tutorial, backend);
    }

    @ParameterizedTest
    @Tag("full")
    @MethodSource("onTheOthers")
    void aClientThatDoesNotReadIsNotReadFromOnOtherBackends(EchoTutorial tutorial, String backend) throws IOException {
        assertNotReadFromUntilItReads(tutorial, backend);
    }

    private static void assertNotReadFromUntilItReads(EchoTutorial tutorial, String backend) throws IOException {
        try (Running running = tutorial.start(backend);
                Socket bystander = Clients.connect(running.address());
                SocketChannel client = SocketChannel.open()) {
            client.socket().setReceiveBufferSize(4096);
            client.connect(running.address());

            long sent = Clients.flood(client, Clients::pattern, MORE_THAN_THE_KERNEL_HOLDS, () -> running.held() > 0);

            assertTrue(running.held() <= tutorial.mostHeld(), () -> "holds " + running.held());
            assertTakesFewEvents(tutorial, running, bystander);
            Clients.assertReads(client, (from, count) -> tutorial.answer(Clients.pattern(from, count)), sent);
            client.write(ByteBuffer.wrap(Clients.bytes(10)));
            assertArrayEquals(tutorial.answer(Clients.bytes(10)), Clients.read(client.socket(), 10));
        }
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void resetsEndTheirConnectionsOnlyAndLeakNothing(EchoTutorial tutorial, String backend) throws IOException {
        try (Running running = tutorial.start(backend);
                Socket bystander = Clients.connect(running.address())) {
            assertAnswers(tutorial, bystander, 10);
            resetBeforeAndAfterAnAnswer(tutorial, running);
            long before = Clients.openDescriptors();

            for (int i = 0; i < RESETS; i++) {
                resetBeforeAndAfterAnAnswer(tutorial, running);
            }

            assertAnswers(tutorial, bystander, 10);
            try (Socket next = Clients.connect(running.address())) {
                assertAnswers(tutorial, next, 10);
            }
            Clients.await(
                    () -> Clients.openDescriptors() <= before + Clients.JVM_DESCRIPTORS,
                    "more descriptors than the " + before + " before");
        }
    }

    private static void resetBeforeAndAfterAnAnswer(EchoTutorial tutorial, Running running) throws IOException {
        Socket rude = Clients.connect(running.address());
        assertAnswers(tutorial, rude, 10);
        Clients.reset(rude);
        Socket rudeWithAnswersToCome = Clients.connect(running.address());
        Clients.write(rudeWithAnswersToCome, Clients.bytes(50_000));
        Clients.reset(rudeWithAnswersToCome);
    }

    /** Once to read and once to write: a socket that is watched for WRITE without need is reported all the time. */
    @ParameterizedTest
    @MethodSource("everywhere")
    void aMessageTakesNoMoreThanTwoEvents(EchoTutorial tutorial, String backend) throws IOException {
        try (Running running = tutorial.start(backend);
                Socket client = Clients.connect(running.address())) {
            assertTakesFewEvents(tutorial, running, client);
        }
    }

    private static void assertTakesFewEvents(EchoTutorial tutorial, Running running, Socket client) throws IOException {
        assertAnswers(tutorial, client, 10);
        long before = running.events().getAsLong();

        for (int i = 0; i < MESSAGES; i++) {
            assertAnswers(tutorial, client, 10);
        }

        long events = running.events().getAsLong() - before;
        assertTrue(events <= 2 * MESSAGES + OTHER_EVENTS, () -> events + " events");
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void endingClosesWhatIsOpen(EchoTutorial tutorial, String backend) throws IOException {
        Running running = tutorial.start(backend);
        try (Socket client = Clients.connect(running.address())) {
            assertAnswers(tutorial, client, 10);

            running.close();

            assertEquals(-1, client.getInputStream().read());
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SELECT_STYLE", "BUSY_POLL", "THREAD_PER_CONNECTION", "VIRTUAL_THREAD_PER_CONNECTION"})
    void servesThousandsAtOnce(EchoTutorial tutorial) throws IOException {
        try (Running running = tutorial.start(Backends.best())) {
            List<Socket> clients = Clients.connect(running.address(), Clients.connectionsThatFit(MANY));
            try {
                Clients.writeAll(clients, EchoTutorialsTest::greeting);
                Clients.assertEachReads(clients, i -> tutorial.answer(greeting(i)));
                Clients.writeAll(clients, EchoTutorialsTest::greeting);
                Clients.assertEachReads(clients, i -> tutorial.answer(greeting(i)));
            } finally {
                Clients.close(clients);
            }
        }
    }

    private static byte[] greeting(int client) {
        return ("I am client " + client).getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void upperCaseChangesAsciiLettersAndKeepsTheCharactersAround() throws IOException {
        byte[] street = "Straße 7, žluťoučký kůň 🐎 [z]{a}`@".getBytes(StandardCharsets.UTF_8);
        try (Running running = EchoTutorial.UPPER_CASE.start("nio");
                Socket client = Clients.connect(running.address())) {
            for (byte single : street) {
                Clients.write(client, new byte[] {single});
            }

            assertEquals(
                    "STRAßE 7, žLUťOUčKý Kůň 🐎 [Z]{A}`@",
                    new String(Clients.read(client, street.length), StandardCharsets.UTF_8));
        }
    }

    private static void assertAnswers(EchoTutorial tutorial, Socket client, int count) throws IOException {
        byte[] sent = Clients.bytes(count);
        Clients.write(client, sent);
        assertArrayEquals(tutorial.answer(sent), Clients.read(client, count));
    }
}
