package dev.pollux.benchmarks.peers;

import java.nio.file.Path;
import java.util.List;

/** What a framework over {@code java.nio} costs on the bridge, on the JDK's selectors, and on a transport of its own. */
final class BridgePart {

    private static final List<String> SERVERS =
            List.of("c", "netty-bridge", "netty-pollux", "netty-nio", "netty-epoll", "jdk");
    private static final List<EchoSize> LOADS = List.of(new EchoSize(64, 64), new EchoSize(1000, 64));

    private BridgePart() {}

    static Report measure(Effort effort, Path directory) throws Exception {
        EchoPrograms programs = EchoPrograms.compile(directory);
        Plan plan = effort.plan(3, 6, 0.15, 1.5);
        List<EchoSize> loads = effort.choose(LOADS, LOADS.subList(0, 1));
        List<String> servers = SERVERS;
        Results<EchoSize, EchoSample> results = EchoComparison.run(plan, servers, loads, programs);
        Report report = new Report("bridge");
        EchoComparison.addCpu(report, results, servers, loads);
        EchoComparison.addAllocation(report, results, servers, loads);
        report.failed(results.failures());
        EchoComparison.addSystemCalls(report, plan, servers, loads.subList(0, 1), programs, directory);
        return report;
    }
}
