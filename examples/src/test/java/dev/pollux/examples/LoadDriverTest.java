package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The driver against servers that do not do what they should: what it cannot notice, no measurement would. */
@Timeout(60)
class LoadDriverTest {

    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration SOON = Duration.ofSeconds(10);

    /** How long a phase lasts that is bound to fail by waiting. */
    private static final Duration IMPATIENT = Duration.ofMillis(300);

    /** The message that a crooked server does not just send back. */
    private static final long CROOKED = 5;

    private ServerSocket listener;

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    @Test
    void anHonestServerLosesNothing() throws IOException {
        serve((message, number, out) -> out.write(message));
        AtomicLong told = new AtomicLong();

        try (LoadDriver driver = new LoadDriver(address(), told::set)) {
            driver.connect(3, SOON);
            driver.drive(Duration.ofMillis(600), SOON);
            driver.finish(SOON);

            assertNull(driver.problem());
            assertEquals(3, driver.connections());
            assertEquals(0, driver.bytesLost());
            assertTrue(told.get() > 0 && told.get() <= driver.messages());
        }
    }

    @Test
    void aLostByteIsNoticed() throws IOException {
        assertProblem("message 5: nothing came back within", (message, number, out) -> {
            out.write(message, 0, message.length - (number == CROOKED ? 1 : 0));
        });
    }

    @Test
    void aChangedByteIsNoticed() throws IOException {
        assertProblem("what came back differs from byte 60 on", (message, number, out) -> {
            if (number == CROOKED) {
                message[60]++;
            }
            out.write(message);
        });
    }

    @Test
    void aMessageSentTwiceIsNoticed() throws IOException {
        assertProblem("differs from byte", (message, number, out) -> {
            out.write(message);
            if (number == CROOKED) {
                out.write(message);
            }
        });
    }

    @Test
    void aMessageOfAnotherConnectionIsNoticed() throws IOException {
        assertProblem("differs from byte 3 on", (message, number, out) -> {
            if (number == CROOKED) {
                ByteBuffer.wrap(message).putInt(0, 77);
            }
            out.write(message);
        });
    }

    @Test
    void aServerThatHangsUpIsNoticed() throws IOException {
        assertProblem("the server closed it with", (message, number, out) -> {
            if (number == CROOKED) {
                out.close();
            } else {
                out.write(message);
            }
        });
    }

    @Test
    void bytesAfterTheLastMessageAreNoticed() throws IOException {
        serve((message, number, out) -> out.write(number < 0 ? new byte[3] : message));

        try (LoadDriver driver = new LoadDriver(address(), messages -> {})) {
            driver.connect(1, SOON);
            driver.drive(SHORT, SOON);
            driver.finish(SOON);

            assertProblem(driver, "3 bytes came that were not sent");
        }
    }

    @Test
    void aServerThatAnswersNobodyIsGivenUp() throws IOException {
        try (LoadDriver driver = new LoadDriver(address(), messages -> {})) {
            driver.connect(3, IMPATIENT);

            assertEquals(0, driver.connections());
            assertEquals(0, driver.bytesLost());
            assertProblem(driver, "nothing came back within 300 ms (the first of 3 failures)");
        }
    }

    @Test
    void aPortWhereNobodyListensIsGivenUp() throws IOException {
        listener.close();

        try (LoadDriver driver = new LoadDriver(address(), messages -> {})) {
            driver.connect(3, SOON);

            assertEquals(0, driver.connections());
            assertProblem(driver, "refused");
        }
    }

    private void assertProblem(String part, Answer answer) throws IOException {
        serve(answer);

        try (LoadDriver driver = new LoadDriver(address(), messages -> {})) {
            driver.connect(2, SOON);
            driver.drive(SHORT, IMPATIENT);
            driver.finish(SOON);

            assertProblem(driver, part);
            assertTrue(driver.bytesLost() > 0);
        }
    }

    private static void assertProblem(LoadDriver driver, String part) {
        assertTrue(String.valueOf(driver.problem()).contains(part), () -> "problem: " + driver.problem());
    }

    private InetSocketAddress address() {
        return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    private void serve(Answer answer) {
        ServerSocket served = listener;
        onThread(() -> {
            while (true) {
                Socket socket = served.accept();
                onThread(() -> converse(socket, answer));
            }
        });
    }

    private static void converse(Socket socket, Answer answer) throws IOException {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            while (true) {
                int id;
                try {
                    id = in.readInt();
                } catch (EOFException end) {
                    answer.send(new byte[0], -1, out);
                    return;
                }
                int length = in.readInt();
                long number = in.readLong();
                byte[] message = new byte[length];
                ByteBuffer.wrap(message).putInt(id).putInt(length).putLong(number);
                in.readFully(message, 16, length - 16);
                answer.send(message, number, out);
            }
        }
    }

    /** Ends without a word when a socket is closed, which is how each of these servers ends. */
    private static void onThread(Loop work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                return;
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @FunctionalInterface
    private interface Loop {
        void run() throws IOException;
    }

    /** Answers one message; at the end of the input, one with the number −1. */
    @FunctionalInterface
    private interface Answer {
        void send(byte[] message, long number, OutputStream out) throws IOException;
    }
}
