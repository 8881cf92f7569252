package dev.pollux.tck.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.Selectors;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A day of a program, in as long as its callbacks take. */
class SimulatedDayTest {

    private static final Duration DAY = Duration.ofHours(24);
    private static final int SENSORS = 5;

    @Test
    void aDayOfTimersAndEventsIsTheSameEveryTime() throws IOException {
        List<String> day = new Day(42).live();

        assertTrue(day.size() > 1_000, () -> day.size() + " things happened");
        assertEquals(day, new Day(42).live());
        assertNotEquals(day, new Day(43).live());
    }

    /** Sensors that report at random times, and a clerk that writes down what comes when. */
    private static final class Day {

        private final ManualClock clock = ManualClock.startingAt(Long.MAX_VALUE - DAY.toNanos() / 2);
        private final long start = clock.nanoTime();
        private final SplittableRandom random;
        private final FakeKernel kernel;
        private final List<String> trace = new ArrayList<>();

        Day(long seed) {
            random = new SplittableRandom(seed);
            kernel = FakeKernel.builder()
                    .seed(seed)
                    .clock(clock)
                    .singleThreaded()
                    .build();
        }

        List<String> live() throws IOException {
            try (EventLoop loop = EventLoop.builder()
                    .selector(Selectors.open(kernel.provider(), clock))
                    .clock(clock)
                    .failureHandler(failure -> trace.add(failure.toString()))
                    .open()) {
                for (int i = 0; i < SENSORS; i++) {
                    int sensor = i;
                    FakeSource source = kernel.source();
                    loop.register(
                            source, Events.READ, (key, ready) -> note("sensor " + sensor + ": " + source.drain()));
                    reportLater(loop, source);
                }
                loop.schedule(DAY, () -> {
                    note("end");
                    loop.stop();
                });
                loop.run();
            }
            assertEquals(DAY.toNanos(), clock.nanoTime() - start);
            return trace;
        }

        private void reportLater(EventLoop loop, FakeSource source) {
            Duration pause = Duration.ofSeconds(random.nextInt(600));
            loop.schedule(pause, () -> {
                try {
                    source.makeReadable();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                reportLater(loop, source);
            });
        }

        private void note(String what) {
            trace.add(Duration.ofNanos(clock.nanoTime() - start) + " " + what);
        }
    }
}
