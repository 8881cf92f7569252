package dev.pollux.benchmarks.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Dispatching on epoll, on the other backends, and how a wait grows with what is registered. */
final class DispatchPart {

    private static final List<String> ON_EPOLL =
            List.of("c", "pollux-selector", "pollux-loop", "pollux-run-once", "jdk", "netty-handler", "netty-epoll");
    private static final List<String> ON_POLL =
            List.of("c@poll", "pollux-selector@poll", "pollux-loop@poll", "jnr-enxio");
    private static final List<String> ON_SELECT = List.of("c@select", "pollux-selector@select", "pollux-loop@select");
    private static final List<String> CHARTED = List.of(
            "c", "c@poll", "c@select", "pollux-selector", "pollux-selector@poll", "pollux-selector@select", "jdk");

    private DispatchPart() {}

    static Report onEpoll(Effort effort, Path directory) throws Exception {
        List<String> names = new ArrayList<>(effort.some(ON_EPOLL));
        if (Tools.find("python3")) {
            names.add("python");
        }
        List<DispatchLoad> loads = effort.choose(
                List.of(
                        new DispatchLoad(100, 1),
                        new DispatchLoad(10_000, 1),
                        new DispatchLoad(10_000, 64),
                        new DispatchLoad(10_000, 1000)),
                List.of(new DispatchLoad(10, 1), new DispatchLoad(20, 13)));
        Report report = new Report("dispatch");
        Results<DispatchLoad, Sample> results =
                DispatchComparison.run(effort.plan(3, 7, 0.06, 1), names, loads, directory);
        DispatchComparison.addTable(report, results, names, loads);
        report.failed(results.failures());
        return report;
    }

    static Report onPollAndSelect(Effort effort, Path directory) throws Exception {
        List<String> onPoll = effort.some(ON_POLL);
        List<String> onSelect = effort.some(ON_SELECT);
        List<String> names = new ArrayList<>(onPoll);
        names.addAll(onSelect);
        int registered = effort.choose(900, 20);
        List<DispatchLoad> loads =
                List.of(new DispatchLoad(registered, 1), new DispatchLoad(registered, effort.choose(64, 13)));
        Report report = new Report("poll-and-select");
        Results<DispatchLoad, Sample> results =
                DispatchComparison.run(effort.plan(3, 7, 0.06, 1), names, loads, directory);
        DispatchComparison.addTable(report, results, onPoll, loads);
        DispatchComparison.addTable(report, results, onSelect, loads);
        report.failed(results.failures());
        return report;
    }

    static Report byRegistered(Effort effort, Path directory) throws Exception {
        List<DispatchLoad> loads = new ArrayList<>();
        for (int registered : effort.choose(List.of(10, 100, 900, 10_000), List.of(10, 20))) {
            loads.add(new DispatchLoad(registered, 1));
        }
        List<String> names = effort.some(CHARTED);
        Report report = new Report("backends");
        Results<DispatchLoad, Sample> results =
                DispatchComparison.run(effort.plan(1, 7, 0.04, 1), names, loads, directory);
        report.chart(new Chart(
                "backends.svg",
                "CPU time of a wait that finds one source ready",
                "registered sources",
                "nanoseconds per wait",
                true,
                Chart.lines(results, names, loads, DispatchLoad::registered, Sample::nanosEach)));
        report.failed(results.failures());
        return report;
    }
}
