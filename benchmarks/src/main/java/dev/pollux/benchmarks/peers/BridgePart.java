package dev.pollux.benchmarks.peers;

import java.util.List;

/** What a framework over {@code java.nio} costs on the bridge, on the JDK's selectors, and on a transport of its own. */
final class BridgePart {

    private static final List<String> SERVERS =
            List.of("c", "netty-bridge", "netty-pollux", "netty-nio", "netty-epoll", "jdk");
    private static final List<EchoSize> LOADS = List.of(new EchoSize(64, 64), new EchoSize(1000, 64));

    private BridgePart() {}

    static EchoSection section(Effort effort) {
        List<EchoSize> traced = LOADS.subList(0, 1);
        return new EchoSection(SERVERS, effort.choose(LOADS, traced), traced);
    }

    static Report report(EchoSection section, EchoPart.Found found) {
        Report report = new Report("bridge");
        EchoComparison.addCpu(report, found.results(), section.servers(), section.loads());
        EchoComparison.addAllocation(report, found.results(), section.servers(), section.loads());
        EchoComparison.addSystemCalls(report, found.systemCalls(), section.servers(), section.traced());
        return report;
    }
}
