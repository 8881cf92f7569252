package dev.pollux.examples.adapters;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopMetrics;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.opentelemetry.api.metrics.ObservableMeasurement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * What a loop counts, as instruments of OpenTelemetry: {@code LoopInstruments.observe(loop, meter)}. Each collection takes one
 * snapshot, so its values belong together.
 *
 * <p>Each value has the attribute {@code loop}, the loop's name. Close what {@link #observe} returns when the loop has ended.
 *
 * <p><b>Thread:</b> any.
 */
public final class LoopInstruments {

    private final Meter meter;
    private final Map<ObservableLongMeasurement, ToLongFunction<LoopMetrics>> instruments = new LinkedHashMap<>();

    private LoopInstruments(Meter meter) {
        this.meter = meter;
        counter("turns", "{turn}", "Turns begun", LoopMetrics::turns);
        counter("callbacks", "{call}", "Callbacks called", LoopMetrics::callbacks);
        counter("tasks", "{task}", "Tasks run", LoopMetrics::tasks);
        counter("timers", "{timer}", "Timers run", LoopMetrics::timers);
        counter("failures", "{failure}", "Callbacks, tasks, timers and hooks that threw", LoopMetrics::failures);
        counter("callbacks.slow", "{call}", "Callbacks over the threshold", LoopMetrics::slowCallbacks);
        counter("stalls", "{turn}", "Turns over the threshold", LoopMetrics::stalls);
        counter("busy", "ns", "Time outside the wait", LoopMetrics::busyNanos);
        counter("waiting", "ns", "Time in the wait", LoopMetrics::waitingNanos);
        counter("swaps", "{swap}", "Backends swapped", each -> each.selector().swaps());
        gauge(
                "registered",
                "{source}",
                "Sources watched",
                each -> each.selector().registered());
        gauge("tasks.pending", "{task}", "Tasks that have not begun", LoopMetrics::pendingTasks);
        gauge("timers.pending", "{timer}", "Timers that are to run", LoopMetrics::pendingTimers);
        gauge("timers.lag.longest", "ns", "The latest a timer has begun", LoopMetrics::longestTimerLagNanos);
    }

    /** Has {@code meter} observe {@code loop} until the result is closed. */
    public static BatchCallback observe(EventLoop loop, Meter meter) {
        Attributes name = Attributes.of(AttributeKey.stringKey("loop"), loop.name());
        Map<ObservableLongMeasurement, ToLongFunction<LoopMetrics>> instruments =
                new LoopInstruments(meter).instruments;
        ObservableMeasurement[] all = instruments.keySet().toArray(ObservableMeasurement[]::new);
        return meter.batchCallback(
                () -> {
                    LoopMetrics now = loop.metrics();
                    instruments.forEach((instrument, value) -> instrument.record(value.applyAsLong(now), name));
                },
                all[0],
                all);
    }

    private void counter(String name, String unit, String description, ToLongFunction<LoopMetrics> value) {
        instruments.put(
                meter.counterBuilder("pollux.loop." + name)
                        .setUnit(unit)
                        .setDescription(description)
                        .buildObserver(),
                value);
    }

    private void gauge(String name, String unit, String description, ToLongFunction<LoopMetrics> value) {
        instruments.put(
                meter.gaugeBuilder("pollux.loop." + name)
                        .ofLongs()
                        .setUnit(unit)
                        .setDescription(description)
                        .buildObserver(),
                value);
    }
}
