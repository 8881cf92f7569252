package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiPredicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Compares TCP echo servers: the CPU time that the server's process spends per request, relative to a C program that does
 * the same with epoll(7).
 *
 * <p>From the root of the repository:
 *
 * {@snippet lang=shell :
 * mvn -q -B -DskipTests package exec:exec -pl benchmarks -am -Dexec.args="--connections 1,64,1000 --size 64,16384"
 * }
 *
 * <p>or, with a JDK 25 and a jar that is built already,
 *
 * {@snippet lang=shell :
 * java -cp benchmarks/target/benchmarks.jar dev.pollux.benchmarks.peers.EchoComparison --connections 64
 * }
 *
 * <p>Server and load are processes of their own, each on one core; every server has one loop thread, and gets the same load
 * from the same C program. Linux only; needs gcc, and taskset unless {@code --no-pinning}.
 */
@Command(
        name = "EchoComparison",
        description = "Compares echo servers with a C program, round by round.",
        sortOptions = false)
public final class EchoComparison implements Callable<Integer> {

    /** Enough for two digits after the point. */
    private static final int TRACED_REQUESTS = 4_000;

    private static final double WARMUP_WHEN_TRACED = 0.1;

    @Option(
            names = "--servers",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Compare these with the first: c, c-io_uring, pollux-native, pollux-channels, pollux-operations (all "
                            + "three on epoll, or @poll, @nio, @io_uring, ... where that can watch them), ffm, jdk, netty-nio, netty-epoll, netty-io_uring, "
                            + "netty-bridge and netty-pollux (both as pollux-native). "
                            + "Default: ${DEFAULT-VALUE}.")
    private List<String> servers = List.of("c", "pollux-native", "pollux-channels", "jdk", "netty-nio", "netty-epoll");

    @Option(
            names = "--connections",
            paramLabel = "N",
            split = ",",
            description = "Load with this many connections. Default: ${DEFAULT-VALUE}.")
    private List<Integer> connections = List.of(1, 64, 1000);

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            split = ",",
            description = "Send messages of this size. Default: ${DEFAULT-VALUE}.")
    private List<Integer> sizes = List.of(64);

    @Option(names = "--strace", description = "Also count system calls, after everything else.")
    private boolean strace;

    @Mixin
    private ComparisonOptions options = new ComparisonOptions();

    private EchoComparison() {}

    /** Runs the comparison. */
    public static void main(String[] args) {
        ComparisonOptions.run(new EchoComparison(), args);
    }

    @Override
    public Integer call() throws Exception {
        List<EchoSize> loads = new ArrayList<>();
        sizes.forEach(size -> connections.forEach(count -> loads.add(new EchoSize(count, size))));
        Report report = Tools.inTemporaryDirectory(directory -> {
            Plan plan = options.plan();
            List<EchoEntrant> entrants =
                    entrants(plan, servers, EchoPrograms.compile(directory), (server, load) -> true);
            Report found = new Report("echo");
            Results<EchoSize, Double> counts = new Results<>();
            Results<EchoSize, EchoSample> results = Contest.run(plan, entrants, loads, (entrant, running) -> {
                for (EchoSize load : strace ? loads : List.<EchoSize>of()) {
                    countSystemCalls((EchoEntrant.Server) running, load, directory, counts);
                }
            });
            addTables(found, results, servers, loads);
            if (strace) {
                addSystemCalls(found, counts, servers, loads);
            }
            found.failed(results.failures());
            return found;
        });
        System.out.println(report.markdown());
        return report.failures().isEmpty() ? 0 : 1;
    }

    /** Returns the servers {@code names}, each for the loads that it takes. */
    static List<EchoEntrant> entrants(
            Plan plan, List<String> names, EchoPrograms programs, BiPredicate<String, EchoSize> takes) {
        List<EchoEntrant> entrants = new ArrayList<>();
        for (String name : names) {
            entrants.add(new EchoEntrant(name, programs, plan.core(), plan.loadCore(), load -> takes.test(name, load)));
        }
        return entrants;
    }

    /** Adds a table of the CPU time for all loads, and one of everything else for each. */
    static void addTables(
            Report report, Results<EchoSize, EchoSample> results, List<String> names, List<EchoSize> loads) {
        addCpu(report, results, names, loads);
        for (EchoSize load : loads) {
            report.table(
                    results,
                    load.toString(),
                    names,
                    List.of(
                            Column.ratio("median latency", load, EchoSample::p50Micros, 0, "µs"),
                            Column.ratio("99 %", load, EchoSample::p99Micros, 0, "µs"),
                            Column.ratio("99.9 %", load, EchoSample::p999Micros, 0, "µs"),
                            Column.ratio("requests/s", load, EchoSample::requestsPerSecond, 0, "/s"),
                            Column.value("bytes per request", load, EchoSample::bytesPerRequest, 1)));
        }
    }

    /** Adds a table of the CPU time for all loads. */
    static void addCpu(Report report, Results<EchoSize, EchoSample> results, List<String> names, List<EchoSize> loads) {
        List<Column<EchoSize, EchoSample>> columns = new ArrayList<>();
        loads.forEach(load -> columns.add(Column.ratio(load.toString(), load, EchoSample::cpuMicros, 2, "µs")));
        report.table(results, "CPU per request", names, columns);
    }

    /** Adds a table of what the loop threads allocated. */
    static void addAllocation(
            Report report, Results<EchoSize, EchoSample> results, List<String> names, List<EchoSize> loads) {
        List<Column<EchoSize, EchoSample>> columns = new ArrayList<>();
        loads.forEach(load -> columns.add(Column.value(load.toString(), load, EchoSample::bytesPerRequest, 1)));
        report.table(results, "Bytes per request", names, columns);
    }

    /** Counts the system calls of a server into {@code counts}, which slows it down. */
    static void countSystemCalls(
            EchoEntrant.Server server, EchoSize load, Path directory, Results<EchoSize, Double> counts)
            throws IOException, InterruptedException {
        server.prepare(load, WARMUP_WHEN_TRACED);
        double calls = SystemCalls.each(server.child(), () -> server.send(TRACED_REQUESTS), directory);
        counts.add(load, server.name(), 0, calls);
    }

    /** Adds a table of system calls. */
    static void addSystemCalls(
            Report report, Results<EchoSize, Double> counts, List<String> names, List<EchoSize> loads) {
        List<Column<EchoSize, Double>> columns = new ArrayList<>();
        loads.forEach(load -> columns.add(Column.value(load.toString(), load, Double::doubleValue, 2)));
        report.table(counts, "System calls per request", names, columns);
    }
}
