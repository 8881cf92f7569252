package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Selectors;
import dev.pollux.loop.EventLoop;
import dev.pollux.spi.Backend;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class MeasurementTest {

    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration SOON = Duration.ofSeconds(10);

    /** How long a run waits that is bound to fail by waiting. */
    private static final Duration IMPATIENT = Duration.ofMillis(500);

    @ParameterizedTest
    @MethodSource("dev.pollux.examples.Backends#usable")
    void everyByteComesBack(String backend) throws IOException {
        EventLoop loop = EventLoop.builder().backend(backend).open();

        Measurement result = Measurement.take(loop, 20, SHORT, SOON, messages -> {});

        assertNull(result.problem());
        assertTrue(result.isClean());
        assertEquals(backend, result.backend());
        assertEquals(20, result.connections());
        assertTrue(result.messages() >= 20, () -> "only " + result.messages() + " messages");
        assertTrue(result.elapsedNanos() >= SHORT.toNanos());
    }

    @Test
    void aBackendThatHoldsTooFewConnectionsSaysWhy() throws IOException {
        Measurement result = take(SOON, sound -> new TroubledBackend(sound) {
            private int room = 1 + 30;

            @Override
            public void add(Object fileobj, int fd, int events, long token) throws IOException {
                if (room == 0) {
                    throw new IOException("no room for more than 31 sources");
                }
                room--;
                super.add(fileobj, fd, events, token);
            }

            @Override
            public void remove(Object fileobj, int fd, long token) {
                room++;
                super.remove(fileobj, fd, token);
            }
        });

        assertFalse(result.isClean());
        assertEquals(30, result.connections());
        assertProblem(result, "opened 30 of 40");
        assertProblem(result, "no room for more than 31 sources");
    }

    @Test
    void aBackendThatGoesDeafIsAProblemInsteadOfAHang() throws IOException {
        // To connect takes no more than 80 and no less than 41, and 80 would follow from two rounds of messages. All
        // its
        // backends together have these, because the selector opens a fresh one when it sees that the first is out of
        // order.
        AtomicInteger reports = new AtomicInteger(120);
        Measurement result = take(IMPATIENT, sound -> new TroubledBackend(sound) {
            @Override
            public void await(long timeoutNanos, EventSink sink) throws IOException {
                super.await(timeoutNanos, (token, ready) -> {
                    if (reports.getAndDecrement() > 0) {
                        sink.ready(token, ready);
                    }
                });
            }
        });

        assertEquals(40, result.connections());
        assertTrue(result.bytesLost() > 0, result::toString);
        assertProblem(result, "nothing came back within");
    }

    @Test
    void aBackendThatNeverReturnsIsAProblemInsteadOfAHang() throws IOException {
        CountDownLatch enough = new CountDownLatch(1);
        try {
            Measurement result = take(IMPATIENT, sound -> new TroubledBackend(sound) {
                @Override
                public void await(long timeoutNanos, EventSink sink) throws IOException {
                    try {
                        enough.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }
            });

            assertProblem(result, "opened 0 of 40");
            assertProblem(result, "the loop did not end in time");
        } finally {
            enough.countDown();
        }
    }

    @Test
    void aBackendThatCannotWaitIsAProblem() throws IOException {
        Measurement result = take(IMPATIENT, sound -> new TroubledBackend(sound) {
            @Override
            public void await(long timeoutNanos, EventSink sink) throws IOException {
                throw new IOException("out of order");
            }
        });

        assertProblem(result, "the loop ended early");
    }

    /** Loops end by their failures here, and would print them. */
    @BeforeAll
    static void printNoFailures() {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {});
    }

    @AfterAll
    static void printFailuresAgain() {
        Thread.setDefaultUncaughtExceptionHandler(null);
    }

    private static Measurement take(Duration limit, Function<Backend, Backend> spoil) throws IOException {
        EventLoop loop = EventLoop.builder()
                .selector(Selectors.open(TroubledBackend.provider(spoil)))
                .open();
        return Measurement.take(loop, 40, SHORT, limit, messages -> {});
    }

    private static void assertProblem(Measurement result, String part) {
        assertTrue(String.valueOf(result.problem()).contains(part), () -> "problem: " + result.problem());
    }
}
