package dev.pollux.internal.loop;

import dev.pollux.loop.LoopFailure;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** What loops record for the Flight Recorder; nothing where the JVM has none. */
final class JfrEvents {

    private static final boolean PRESENT =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private JfrEvents() {}

    static void swap(String loop, String from, String to, long tookNanos, @Nullable Throwable refusal) {
        if (PRESENT) {
            BackendSwap event = new BackendSwap();
            event.loop = loop;
            event.from = from;
            event.to = to;
            event.took = tookNanos;
            event.refusal = refusal == null ? null : refusal.toString();
            event.commit();
        }
    }

    static void slowCallback(String loop, String backend, LoopFailure.Kind kind, Object callback, long tookNanos) {
        if (PRESENT) {
            SlowCallback event = new SlowCallback();
            if (event.isEnabled()) {
                event.loop = loop;
                event.backend = backend;
                event.kind = kind.name();
                event.callback = CurrentWork.nameOf(callback);
                event.took = tookNanos;
                event.commit();
            }
        }
    }

    static void stall(String loop, String backend, String callback, long atLeastNanos) {
        if (PRESENT) {
            LoopStall event = new LoopStall();
            event.loop = loop;
            event.backend = backend;
            event.callback = callback;
            event.took = atLeastNanos;
            event.commit();
        }
    }

    @Name("dev.pollux.BackendSwap")
    @Label("Backend Swap")
    @Category("Pollux")
    @Description("A loop went on with another backend, or failed to")
    @StackTrace(false)
    @SuppressWarnings("UnusedVariable") // The Flight Recorder reads the fields.
    private static final class BackendSwap extends Event {

        @Label("Loop")
        @Nullable
        String loop;

        @Label("From")
        @Nullable
        String from;

        @Label("To")
        @Nullable
        String to;

        @Label("Took")
        @Timespan(Timespan.NANOSECONDS)
        long took;

        @Label("Refusal")
        @Description("Why the loop stayed where it was")
        @Nullable
        String refusal;
    }

    @Name("dev.pollux.SlowCallback")
    @Label("Slow Callback")
    @Category("Pollux")
    @Description("A callback, task, timer or hook took longer than the threshold")
    @StackTrace(false)
    @SuppressWarnings("UnusedVariable") // The Flight Recorder reads the fields.
    private static final class SlowCallback extends Event {

        @Label("Loop")
        @Nullable
        String loop;

        @Label("Backend")
        @Nullable
        String backend;

        @Label("Kind")
        @Nullable
        String kind;

        @Label("Callback")
        @Nullable
        String callback;

        @Label("Took")
        @Timespan(Timespan.NANOSECONDS)
        long took;
    }

    @Name("dev.pollux.LoopStall")
    @Label("Loop Stall")
    @Category("Pollux")
    @Description("A turn of a loop has not ended for longer than the threshold")
    @StackTrace(false)
    @SuppressWarnings("UnusedVariable") // The Flight Recorder reads the fields.
    private static final class LoopStall extends Event {

        @Label("Loop")
        @Nullable
        String loop;

        @Label("Backend")
        @Nullable
        String backend;

        @Label("Callback")
        @Nullable
        String callback;

        @Label("Took at Least")
        @Timespan(Timespan.NANOSECONDS)
        long took;
    }
}
