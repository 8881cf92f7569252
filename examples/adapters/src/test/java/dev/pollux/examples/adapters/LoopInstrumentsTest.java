package dev.pollux.examples.adapters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LoopInstrumentsTest {

    @Test
    void eachCollectionHasTheCountsOfTheLoop() throws IOException {
        InMemoryMetricReader reader = InMemoryMetricReader.create();
        try (SdkMeterProvider provider =
                        SdkMeterProvider.builder().registerMetricReader(reader).build();
                EventLoop loop = EventLoop.builder()
                        .threadName("observed")
                        .failureHandler(failure -> {})
                        .open()) {
            loop.execute(() -> {});
            loop.execute(() -> {
                throw new IllegalStateException("on purpose");
            });
            loop.schedule(Duration.ofHours(1), () -> {});
            loop.runOnce(Duration.ZERO);

            try (BatchCallback observed = LoopInstruments.observe(loop, provider.get("pollux"))) {
                Map<String, Long> first = values(reader.collectAllMetrics());
                assertEquals(14, first.size(), observed::toString);
                assertEquals(2, first.get("pollux.loop.tasks"));
                assertEquals(1, first.get("pollux.loop.failures"));
                assertEquals(1, first.get("pollux.loop.timers.pending"));

                loop.swap("nio").join();
                assertEquals(1, values(reader.collectAllMetrics()).get("pollux.loop.swaps"));
            }
            assertTrue(reader.collectAllMetrics().isEmpty());
        }
    }

    private static Map<String, Long> values(Collection<MetricData> metrics) {
        return metrics.stream().collect(Collectors.toMap(MetricData::getName, LoopInstrumentsTest::value));
    }

    private static long value(MetricData metric) {
        Collection<LongPointData> points = (metric.getName().contains("registered")
                        || metric.getName().contains("pending")
                        || metric.getName().contains("longest")
                ? metric.getLongGaugeData().getPoints()
                : metric.getLongSumData().getPoints());
        LongPointData point = points.iterator().next();
        assertEquals("observed", point.getAttributes().get(AttributeKey.stringKey("loop")));
        return point.getValue();
    }
}
