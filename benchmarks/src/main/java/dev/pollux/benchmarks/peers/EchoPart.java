package dev.pollux.benchmarks.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Echo servers: those that wait for readiness, Netty on Pollux, and operations. One contest has all of them, because some
 * are in several sections.
 */
final class EchoPart {

    private static final List<String> SERVERS = List.of(
            "c", "pollux-native", "pollux-channels", "ffm", "jdk", "netty-nio", "netty-epoll", "netty-io_uring");
    private static final EchoSize ONE = new EchoSize(1, 64);
    private static final EchoSize MANY = new EchoSize(64, 64);
    private static final List<EchoSize> LOADS = List.of(ONE, MANY, new EchoSize(1000, 64), new EchoSize(64, 16 * 1024));
    private static final List<EchoSize> FEW_LOADS = List.of(ONE, MANY);

    private EchoPart() {}

    /** What all sections show, each some of it. */
    record Found(Results<EchoSize, EchoSample> results, Results<EchoSize, Double> systemCalls) {}

    static List<Report> measure(Effort effort, Path directory) throws Exception {
        EchoSection echo = new EchoSection(effort.some(SERVERS), effort.choose(LOADS, FEW_LOADS), FEW_LOADS);
        EchoSection bridge = BridgePart.section(effort);
        EchoSection operations = OperationsPart.section(effort);
        Found found = measure(List.of(echo, bridge, operations), effort.plan(2, 6, 0.12, 2.5), directory);
        Report report = report(echo, found);
        report.failed(found.results().failures());
        return List.of(report, BridgePart.report(bridge, found), OperationsPart.report(operations, found));
    }

    private static Found measure(List<EchoSection> sections, Plan plan, Path directory) throws Exception {
        EchoPrograms programs = EchoPrograms.compile(directory);
        List<String> servers = distinct(sections.stream().map(EchoSection::servers));
        List<EchoSize> loads = distinct(sections.stream().map(EchoSection::loads));
        Results<EchoSize, Double> systemCalls = new Results<>();
        Results<EchoSize, EchoSample> results = Contest.run(
                plan,
                EchoComparison.entrants(
                        plan,
                        servers,
                        programs,
                        (server, load) -> sections.stream().anyMatch(section -> section.shows(server, load))),
                loads,
                (entrant, running) -> {
                    for (EchoSize load : loads) {
                        if (sections.stream().anyMatch(section -> section.traces(entrant.name(), load))) {
                            EchoComparison.countSystemCalls((EchoEntrant.Server) running, load, directory, systemCalls);
                        }
                    }
                });
        return new Found(results, systemCalls);
    }

    private static <T> List<T> distinct(Stream<List<T>> lists) {
        return lists.flatMap(List::stream).distinct().toList();
    }

    private static Report report(EchoSection section, Found found) {
        Report report = new Report("echo");
        EchoComparison.addTables(report, found.results(), section.servers(), section.loads());
        report.chart(byConnections(
                "echo.svg", "CPU time of an echo server per request of 64 bytes", section, found.results()));
        report.chart(new Chart(
                "latency.svg",
                "Latency of an echo, " + MANY,
                "one message in so many takes longer",
                "microseconds",
                true,
                latencies(found.results(), section.servers())));
        EchoComparison.addSystemCalls(report, found.systemCalls(), section.servers(), section.traced());
        return report;
    }

    /** Returns the chart of the CPU time for loads as small as the first. */
    static Chart byConnections(
            String fileName, String title, EchoSection section, Results<EchoSize, EchoSample> results) {
        int bytes = section.loads().get(0).bytes();
        List<EchoSize> small =
                section.loads().stream().filter(load -> load.bytes() == bytes).toList();
        return new Chart(
                fileName,
                title,
                "connections",
                "microseconds per request",
                true,
                Chart.lines(results, section.servers(), small, EchoSize::connections, EchoSample::cpuMicros));
    }

    private static List<Chart.Line> latencies(Results<EchoSize, EchoSample> results, List<String> servers) {
        List<Chart.Line> lines = new ArrayList<>();
        for (String server : servers) {
            Rounds<EchoSample> rounds = results.rounds(MANY, server);
            if (rounds.of(EchoSample::p50Micros).isKnown()) {
                lines.add(new Chart.Line(
                        server,
                        List.of(2.0, 100.0, 1000.0),
                        List.of(
                                rounds.of(EchoSample::p50Micros).median(),
                                rounds.of(EchoSample::p99Micros).median(),
                                rounds.of(EchoSample::p999Micros).median())));
            }
        }
        return lines;
    }
}
