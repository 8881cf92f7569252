package dev.pollux.benchmarks.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Echo servers. */
final class EchoPart {

    private static final List<String> SERVERS = List.of(
            "c", "pollux-native", "pollux-channels", "ffm", "jdk", "netty-nio", "netty-epoll", "netty-io_uring");
    private static final EchoSize MANY_SMALL = new EchoSize(64, 64);
    private static final EchoSize LARGE = new EchoSize(64, 16 * 1024);

    /** By the number of connections, for the chart. */
    private static final List<EchoSize> SMALL =
            List.of(new EchoSize(1, 64), new EchoSize(8, 64), MANY_SMALL, new EchoSize(1000, 64));

    private EchoPart() {}

    static Report measure(Effort effort, Path directory) throws Exception {
        EchoPrograms programs = EchoPrograms.compile(directory);
        List<String> servers = effort.some(SERVERS);
        List<EchoSize> small = effort.choose(SMALL, List.of(new EchoSize(1, 64), MANY_SMALL));
        List<EchoSize> loads = new ArrayList<>(small);
        loads.add(LARGE);
        Plan plan = effort.plan(3, 6, 0.15, 1.5);
        Results<EchoSize, EchoSample> results = EchoComparison.run(plan, servers, loads, programs);
        Report report = new Report("echo");
        EchoComparison.addTables(report, results, servers, loads);
        report.chart(new Chart(
                "echo.svg",
                "CPU time of an echo server per request of 64 bytes",
                "connections",
                "microseconds per request",
                true,
                Chart.lines(results, servers, small, EchoSize::connections, EchoSample::cpuMicros)));
        report.chart(new Chart(
                "latency.svg",
                "Latency of an echo, " + MANY_SMALL,
                "one message in so many takes longer",
                "microseconds",
                true,
                latencies(results, servers)));
        report.failed(results.failures());
        List<EchoSize> traced = List.of(small.get(0), MANY_SMALL);
        EchoComparison.addSystemCalls(report, plan, servers, traced, programs, directory);
        return report;
    }

    private static List<Chart.Line> latencies(Results<EchoSize, EchoSample> results, List<String> servers) {
        List<Chart.Line> lines = new ArrayList<>();
        for (String server : servers) {
            Rounds<EchoSample> rounds = results.rounds(MANY_SMALL, server);
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
