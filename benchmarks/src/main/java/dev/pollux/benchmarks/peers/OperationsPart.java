package dev.pollux.benchmarks.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What operations cost, of sockets and of files. */
final class OperationsPart {

    private static final List<String> SERVERS = List.of(
            "c",
            "c-io_uring",
            "pollux-native",
            "pollux-operations",
            "pollux-operations@io_uring",
            "netty-epoll",
            "netty-io_uring");

    private static final List<Integer> CONNECTIONS = List.of(1, 64, 1000, 8000);
    private static final List<Integer> QUICK_CONNECTIONS = List.of(1, 64);
    private static final List<Integer> SIZES = List.of(64, 16 * 1024);

    private OperationsPart() {}

    static Report measure(Effort effort, Path directory) throws Exception {
        EchoPrograms programs = EchoPrograms.compile(directory);
        List<EchoSize> small = new ArrayList<>();
        List<EchoSize> all = new ArrayList<>();
        for (int bytes : SIZES) {
            for (int connections : effort.choose(CONNECTIONS, QUICK_CONNECTIONS)) {
                all.add(new EchoSize(connections, bytes));
                if (bytes == SIZES.get(0)) {
                    small.add(new EchoSize(connections, bytes));
                }
            }
        }
        Report report = new Report("operations");
        Plan plan = effort.plan(2, 6, 0.15, 2);
        Results<EchoSize, EchoSample> results = EchoComparison.run(plan, SERVERS, all, programs);
        EchoComparison.addCpu(report, results, SERVERS, all);
        EchoComparison.addAllocation(report, results, SERVERS, all);
        report.chart(new Chart(
                "operations.svg",
                "CPU time of an echo server per request of 64 bytes, by what it is told",
                "connections",
                "microseconds per request",
                true,
                Chart.lines(results, SERVERS, small, EchoSize::connections, EchoSample::cpuMicros)));
        report.failed(results.failures());
        EchoComparison.addSystemCalls(report, plan, SERVERS, small.subList(0, 2), programs, directory);
        FilePart.measure(report, effort, directory);
        return report;
    }
}
