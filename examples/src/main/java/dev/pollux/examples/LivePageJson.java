package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopMetrics;
import java.util.List;
import java.util.stream.Collector;
import java.util.stream.Collectors;

/** What {@link LivePage} says of its loops, for the script in it. */
final class LivePageJson {

    private LivePageJson() {}

    /** Returns an object with the time, the {@code backends} and what each loop has counted until now. */
    static String of(List<EventLoop> loops, List<String> backends) {
        return "{\"nanos\":" + System.nanoTime()
                + ",\"backends\":" + backends.stream().map(LivePageJson::quoted).collect(list())
                + ",\"loops\":" + loops.stream().map(LivePageJson::loop).collect(list()) + "}";
    }

    private static Collector<CharSequence, ?, String> list() {
        return Collectors.joining(",", "[", "]");
    }

    private static String loop(EventLoop loop) {
        LoopMetrics metrics = loop.metrics();
        return "{\"name\":" + quoted(loop.name())
                + ",\"backend\":" + quoted(loop.backend())
                + ",\"open\":" + loop.isOpen()
                + number("registered", loop.registered())
                + number("turns", metrics.turns())
                + number("callbacks", metrics.callbacks())
                + number("tasks", metrics.tasks())
                + number("timers", metrics.timers())
                + number("failures", metrics.failures())
                + number("pendingTasks", metrics.pendingTasks())
                + number("pendingTimers", metrics.pendingTimers())
                + number("longestTimerLagNanos", metrics.longestTimerLagNanos())
                + number("slowCallbacks", metrics.slowCallbacks())
                + number("longestCallbackNanos", metrics.longestCallbackNanos())
                + number("busyNanos", metrics.busyNanos())
                + number("waitingNanos", metrics.waitingNanos())
                + number("swaps", metrics.selector().swaps())
                + "}";
    }

    private static String number(String name, long value) {
        return ",\"" + name + "\":" + value;
    }

    /** Returns {@code text} as JSON; what is not plain ASCII, or means something in HTML, by its number. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (each < ' ' || each > '~' || "\"\\<>&'".indexOf(each) >= 0) {
                quoted.append(String.format("\\u%04x", (int) each));
            } else {
                quoted.append(each);
            }
        }
        return quoted.append('"').toString();
    }
}
