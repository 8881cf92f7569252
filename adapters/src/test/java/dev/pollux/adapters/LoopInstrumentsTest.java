package dev.pollux.adapters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LoopInstrumentsTest {

    private final InMemoryMetricReader reader = InMemoryMetricReader.create();
    private long now;

    private Map<String, Long> collected() {
        return reader.collectAllMetrics().stream()
                .collect(Collectors.toMap(
                        MetricData::getName, metric -> point(metric).getValue()));
    }

    private static LongPointData point(MetricData metric) {
        LongPointData point = (metric.getType() == MetricDataType.LONG_GAUGE
                        ? metric.getLongGaugeData()
                        : metric.getLongSumData())
                .getPoints()
                .iterator()
                .next();
        assertEquals("metered", point.getAttributes().get(AttributeKey.stringKey("loop")));
        return point;
    }

    @Test
    void countsGoOnAndTheLongestIsThatSinceTheLastCollection() throws IOException {
        try (SdkMeterProvider provider =
                        SdkMeterProvider.builder().registerMetricReader(reader).build();
                EventLoop loop = EventLoop.builder()
                        .threadName("metered")
                        .clock(() -> now)
                        .open()) {
            BatchCallback reporting = LoopInstruments.register(provider.get("test"), loop);
            loop.schedule(Duration.ZERO, () -> {});
            loop.schedule(Duration.ofDays(1), () -> {});
            now += 40;
            loop.runOnce(Duration.ZERO);

            Map<String, Long> first = collected();
            assertEquals(1, first.get("pollux.loop.turns"));
            assertEquals(1, first.get("pollux.loop.timers"));
            assertEquals(1, first.get("pollux.loop.timers.pending"));
            assertEquals(40, first.get("pollux.loop.timers.lag.longest"));

            loop.runOnce(Duration.ZERO);
            Map<String, Long> second = collected();
            assertEquals(2, second.get("pollux.loop.turns"));
            assertEquals(1, second.get("pollux.loop.timers"));
            assertEquals(0, second.get("pollux.loop.timers.lag.longest"));

            reporting.close();
            assertTrue(collected().isEmpty());
        }
    }
}
