package dev.pollux.examples.cookbook;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.stream.Connection;
import dev.pollux.stream.StreamOptions;
import dev.pollux.tck.fake.FakeSource;
import dev.pollux.tck.fake.Simulation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TimeoutsTest {

    private Simulation simulation;
    private FakeSource client;

    @BeforeEach
    void connect() throws IOException {
        simulation = Simulation.open();
        client = simulation.kernel().source();
        Connection.open(
                simulation.loop(),
                client.peer(),
                StreamOptions.defaults().idleTimeout(Duration.ofSeconds(10)),
                connection -> new Timeouts(connection, Duration.ofSeconds(30)));
    }

    @AfterEach
    void end() {
        simulation.close();
    }

    @Test
    void aLineComesBackOnceItIsWhole() throws IOException {
        say("hel");
        assertEquals("", hear());
        say("lo\nand");
        assertEquals("hello\n", hear());
    }

    @Test
    void aClientThatSaysNothingIsClosedAfterTenSeconds() throws IOException {
        simulation.runFor(Duration.ofNanos(9_999_999_999L));
        assertEquals("", hear());

        simulation.runFor(Duration.ofNanos(1));
        assertEquals("the end", hear());
    }

    @Test
    void aClientThatSendsAByteNowAndThenHasThirtySecondsForALine() throws IOException {
        for (int i = 0; i < 5; i++) {
            say("x");
            simulation.runFor(Duration.ofSeconds(5));
        }
        say("x");
        assertEquals("", hear());

        simulation.runFor(Duration.ofSeconds(5));
        assertEquals("no whole line within PT30S\n", hear());
    }

    /** Returns once the server has nothing more to do. */
    private void say(String text) throws IOException {
        client.write(StandardCharsets.US_ASCII.encode(text));
        simulation.runFor(Duration.ZERO);
    }

    private String hear() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        int count = client.read(bytes);
        return count < 0
                ? "the end"
                : StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
    }
}
