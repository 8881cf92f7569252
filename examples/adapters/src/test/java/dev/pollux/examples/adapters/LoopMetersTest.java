package dev.pollux.examples.adapters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.loop.EventLoop;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoopMetersTest {

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private EventLoop loop;

    @BeforeEach
    void bind() throws IOException {
        loop = EventLoop.builder()
                .threadName("metered")
                .slowCallback(Duration.ofNanos(1))
                .failureHandler(failure -> {})
                .open();
        new LoopMeters(loop).bindTo(registry);
    }

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void countersFollowTheLoop() throws IOException {
        loop.execute(() -> {});
        loop.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        loop.schedule(Duration.ZERO, () -> {});
        loop.runOnce(Duration.ZERO);
        loop.runOnce(Duration.ZERO);

        assertEquals(2, count("turns"));
        assertEquals(2, count("tasks"));
        assertEquals(1, count("timers"));
        assertEquals(1, count("failures"));
        assertEquals(0, count("callbacks"));
    }

    @Test
    void aSwapIsCounted() {
        loop.swap("nio").join();

        assertEquals(1, count("swaps"));
    }

    @Test
    void gaugesTellWhatIsPending() throws IOException {
        loop.execute(() -> {});
        loop.schedule(Duration.ofHours(1), () -> {});
        Pipe pipe = Pipe.open();
        try (Pipe.SourceChannel source = pipe.source();
                Pipe.SinkChannel sink = pipe.sink()) {
            source.configureBlocking(false);
            loop.register(source, Events.READ, (key, ready) -> source.read(ByteBuffer.allocate(8)));
            assertEquals(1, gauge("registered"));
            assertEquals(1, gauge("tasks.pending"));

            sink.write(ByteBuffer.wrap(new byte[1]));
            loop.runOnce(Duration.ofSeconds(10));

            assertEquals(0, gauge("tasks.pending"));
            assertEquals(1, gauge("timers.pending"));
        }
    }

    @Test
    void timesAreInSeconds() throws IOException {
        loop.schedule(Duration.ZERO, () -> {});
        loop.runOnce(Duration.ZERO);
        double longest = loop.metrics().longestCallbackNanos() / 1e9;

        assertTrue(longest > 0);
        assertEquals(
                longest,
                registry.get("pollux.loop.callbacks.longest").timeGauge().value(TimeUnit.SECONDS),
                1e-9);
        assertEquals(loop.metrics().busyNanos() / 1e9, count("busy"), 1e-9);
    }

    @Test
    void eachMeterTellsItsLoop() {
        assertTrue(registry.getMeters().size() > 10);
        for (Meter meter : registry.getMeters()) {
            assertEquals("metered", meter.getId().getTag("loop"), meter.getId()::toString);
            assertTrue(meter.getId().getName().startsWith("pollux.loop."), meter.getId()::toString);
        }
    }

    @Test
    void theCountsOutliveTheLoop() throws IOException {
        loop.execute(() -> {});
        loop.runOnce(Duration.ZERO);
        loop.close();

        assertEquals(1, count("tasks"));
        assertEquals(0, gauge("registered"));
    }

    private double count(String name) {
        return registry.get("pollux.loop." + name)
                .tag("loop", "metered")
                .functionCounter()
                .count();
    }

    private double gauge(String name) {
        return registry.get("pollux.loop." + name)
                .tag("loop", "metered")
                .gauge()
                .value();
    }
}
