package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class TimerDescriptorTest {

    private TimerDescriptor timer;

    @BeforeEach
    void open() throws IOException {
        timer = TimerDescriptor.open();
    }

    @AfterEach
    void close() {
        timer.close();
    }

    @Test
    void itExpiresOnceAndNeverEarly() throws IOException {
        long start = System.nanoTime();
        timer.start(Duration.ofMillis(5));

        assertEquals(0, timer.expirations());
        assertEquals(Events.READ, Bytes.await(timer, Events.READ));

        assertTrue(System.nanoTime() - start >= 5_000_000);
        assertEquals(1, timer.expirations());
        assertEquals(0, timer.expirations());
    }

    @Test
    void nanosecondsCount() throws IOException {
        timer.start(Duration.ofNanos(1), Duration.ofNanos(100));
        Bytes.await(timer, Events.READ);
        long start = System.nanoTime();
        timer.expirations();
        while (System.nanoTime() - start < 1_000_000) {
            Thread.onSpinWait();
        }

        // Ten thousand, if the kernel counts them all.
        assertTrue(timer.expirations() >= 9_000);
    }

    @Test
    void aPeriodGoesOn() throws IOException {
        timer.start(Duration.ZERO, Duration.ofMillis(1));

        long expirations = 0;
        while (expirations < 3) {
            assertEquals(Events.READ, Bytes.await(timer, Events.READ));
            expirations += timer.expirations();
        }
        timer.stop();

        assertEquals(0, timer.expirations());
        assertEquals(Events.NONE, Bytes.poll(timer, Events.READ));
    }

    @Test
    void itsClockIsThatOfNanoTime() throws IOException {
        long deadline = System.nanoTime() + 5_000_000;
        timer.startAt(deadline, Duration.ZERO);

        Bytes.await(timer, Events.READ);
        long late = System.nanoTime() - deadline;

        assertTrue(late >= 0 && late < Bytes.SOON.toNanos(), () -> late + " ns late");
    }

    @Test
    void whatHasPassedExpiresAtOnce() throws IOException {
        timer.startAt(System.nanoTime() - 1, Duration.ZERO);
        assertEquals(Events.READ, Bytes.await(timer, Events.READ));
        timer.start(Duration.ofSeconds(-1));
        assertEquals(Events.READ, Bytes.await(timer, Events.READ));
    }

    @Test
    void anyLengthIsTaken() throws IOException {
        timer.start(Duration.ofSeconds(Long.MAX_VALUE));

        assertEquals(Events.NONE, Bytes.poll(timer, Events.READ));
        assertThrows(IllegalArgumentException.class, () -> timer.start(Duration.ofMillis(1), Duration.ofNanos(-1)));
    }
}
