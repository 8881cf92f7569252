package dev.pollux.benchmarks.peers;

import java.util.List;

/** What operations of sockets cost. */
final class OperationsPart {

    private static final List<String> SERVERS = List.of(
            "c",
            "c-io_uring",
            "pollux-native",
            "pollux-operations",
            "pollux-operations@io_uring",
            "netty-epoll",
            "netty-io_uring");

    private static final EchoSize ONE = new EchoSize(1, 64);
    private static final EchoSize MANY = new EchoSize(64, 64);
    private static final List<EchoSize> LOADS = List.of(
            ONE,
            MANY,
            new EchoSize(1000, 64),
            new EchoSize(8000, 64),
            new EchoSize(64, 16 * 1024),
            new EchoSize(1000, 16 * 1024));
    private static final List<EchoSize> FEW_LOADS = List.of(ONE, MANY);

    private OperationsPart() {}

    static EchoSection section(Effort effort) {
        return new EchoSection(SERVERS, effort.choose(LOADS, FEW_LOADS), FEW_LOADS);
    }

    static Report report(EchoSection section, EchoPart.Found found) {
        Report report = new Report("operations");
        EchoComparison.addCpu(report, found.results(), section.servers(), section.loads());
        EchoComparison.addAllocation(report, found.results(), section.servers(), section.loads());
        report.chart(EchoPart.byConnections(
                "operations.svg",
                "CPU time of an echo server per request of 64 bytes, by what it is told",
                section,
                found.results()));
        EchoComparison.addSystemCalls(report, found.systemCalls(), section.servers(), section.traced());
        return report;
    }
}
