package dev.pollux.examples.adapters;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopMetrics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * What a loop counts, as meters of Micrometer: {@code new LoopMeters(loop).bindTo(registry)}.
 *
 * <p>Each has the tag {@code loop}, the loop's name. The backend is no tag, because it may change while the loop runs.
 * A registry does not keep a loop alive; after the loop has ended, the counters stay at their last value.
 *
 * <p><b>Thread:</b> any.
 */
public final class LoopMeters implements MeterBinder {

    private static final double NANOS_PER_SECOND = 1e9;

    private final EventLoop loop;

    /** Makes a binder for {@code loop}. */
    public LoopMeters(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Meters meters = new Meters(registry, Tags.of("loop", loop.name()));
        meters.counter("turns", "Turns begun", LoopMetrics::turns);
        meters.counter("callbacks", "Callbacks called", LoopMetrics::callbacks);
        meters.counter("tasks", "Tasks run", LoopMetrics::tasks);
        meters.counter("timers", "Timers run", LoopMetrics::timers);
        meters.counter("failures", "Callbacks, tasks, timers and hooks that threw", LoopMetrics::failures);
        meters.counter("isolated", "Registrations and timers that failed too often", LoopMetrics::isolated);
        meters.counter("callbacks.slow", "Callbacks over the threshold", LoopMetrics::slowCallbacks);
        meters.counter("stalls", "Turns over the threshold", LoopMetrics::stalls);
        meters.counter(
                "wakeups",
                "Wakeups that cost a system call",
                each -> each.selector().wakeups());
        meters.counter(
                "events.stale",
                "Events of registrations that were gone",
                each -> each.selector().staleEvents());
        meters.counter("swaps", "Backends swapped", each -> each.selector().swaps());
        meters.counter(
                "rebuilds", "Kernel objects replaced", each -> each.selector().rebuilds());
        meters.seconds("busy", "Time outside the wait", LoopMetrics::busyNanos);
        meters.seconds("waiting", "Time in the wait", LoopMetrics::waitingNanos);
        meters.gauge("registered", "Sources watched", each -> each.selector().registered());
        meters.gauge("tasks.pending", "Tasks that have not begun", LoopMetrics::pendingTasks);
        meters.gauge("timers.pending", "Timers that are to run", LoopMetrics::pendingTimers);
        meters.longest("timers.lag.longest", "The latest a timer has begun", LoopMetrics::longestTimerLagNanos);
        meters.longest("callbacks.longest", "The longest callback", LoopMetrics::longestCallbackNanos);
    }

    private final class Meters {

        private static final String PREFIX = "pollux.loop.";

        private final MeterRegistry registry;
        private final Tags tags;

        Meters(MeterRegistry registry, Tags tags) {
            this.registry = registry;
            this.tags = tags;
        }

        void counter(String name, String description, ToDoubleFunction<LoopMetrics> count) {
            FunctionCounter.builder(PREFIX + name, loop, each -> count.applyAsDouble(each.metrics()))
                    .tags(tags)
                    .description(description)
                    .register(registry);
        }

        void seconds(String name, String description, ToDoubleFunction<LoopMetrics> nanos) {
            FunctionCounter.builder(PREFIX + name, loop, each -> nanos.applyAsDouble(each.metrics()) / NANOS_PER_SECOND)
                    .tags(tags)
                    .description(description)
                    .baseUnit("seconds")
                    .register(registry);
        }

        void gauge(String name, String description, ToDoubleFunction<LoopMetrics> value) {
            Gauge.builder(PREFIX + name, loop, each -> value.applyAsDouble(each.metrics()))
                    .tags(tags)
                    .description(description)
                    .register(registry);
        }

        void longest(String name, String description, ToDoubleFunction<LoopMetrics> nanos) {
            TimeGauge.builder(PREFIX + name, loop, TimeUnit.NANOSECONDS, each -> nanos.applyAsDouble(each.metrics()))
                    .tags(tags)
                    .description(description)
                    .register(registry);
        }
    }
}
