package dev.pollux.adapters;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopMetrics;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.opentelemetry.api.metrics.ObservableMeasurement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What a loop counts, as instruments of OpenTelemetry, with the attribute {@code loop}. The loop is read once for each
 * collection. What is longest is that since the last collection, so there should be one reader.
 */
public final class LoopInstruments {

    private record Instrument(ObservableLongMeasurement measurement, ToLongFunction<LoopMetrics> count) {}

    private final Meter meter;
    private final List<Instrument> instruments = new ArrayList<>();

    private LoopInstruments(Meter meter) {
        this.meter = meter;
    }

    /** Reports the counts of {@code loop} until the callback that is returned is closed. */
    public static BatchCallback register(Meter meter, EventLoop loop) {
        LoopInstruments all = new LoopInstruments(meter);
        all.counter("turns", LoopMetrics::turns);
        all.counter("callbacks", LoopMetrics::callbacks);
        all.counter("tasks", LoopMetrics::tasks);
        all.counter("timers", LoopMetrics::timers);
        all.counter("failures", LoopMetrics::failures);
        all.counter("callbacks.slow", LoopMetrics::slowCallbacks);
        all.counter("stalls", LoopMetrics::stalls);
        all.counter("swaps", metrics -> metrics.selector().swaps());
        all.gauge("registered", "{source}", metrics -> metrics.selector().registered());
        all.gauge("tasks.pending", "{task}", LoopMetrics::pendingTasks);
        all.gauge("timers.pending", "{timer}", LoopMetrics::pendingTimers);
        all.gauge("timers.lag.longest", "ns", LoopMetrics::longestTimerLagNanos);
        all.gauge("callbacks.longest", "ns", LoopMetrics::longestCallbackNanos);
        return all.report(loop);
    }

    private void counter(String name, ToLongFunction<LoopMetrics> count) {
        instruments.add(
                new Instrument(meter.counterBuilder("pollux.loop." + name).buildObserver(), count));
    }

    private void gauge(String name, String unit, ToLongFunction<LoopMetrics> count) {
        instruments.add(new Instrument(
                meter.gaugeBuilder("pollux.loop." + name)
                        .ofLongs()
                        .setUnit(unit)
                        .buildObserver(),
                count));
    }

    private BatchCallback report(EventLoop loop) {
        Attributes attributes = Attributes.builder().put("loop", loop.name()).build();
        ObservableMeasurement[] measurements =
                instruments.stream().map(Instrument::measurement).toArray(ObservableMeasurement[]::new);
        return meter.batchCallback(
                () -> {
                    LoopMetrics metrics = loop.metricsAndResetLongest();
                    for (Instrument each : instruments) {
                        each.measurement().record(each.count().applyAsLong(metrics), attributes);
                    }
                },
                measurements[0],
                measurements);
    }
}
