package dev.pollux.benchmarks.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Compares changes of what is watched: the CPU time of a cycle of register, modify and unregister, relative to a C program that
 * does the same with epoll(7).
 *
 * {@snippet lang=shell :
 * java -cp benchmarks/target/benchmarks.jar dev.pollux.benchmarks.peers.ChurnComparison
 * }
 */
@Command(
        name = "ChurnComparison",
        description = "Compares changes of what is watched with a C program, round by round.",
        sortOptions = false)
public final class ChurnComparison implements Callable<Integer> {

    @Option(
            names = "--sides",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Compare these with the first: c, pollux-selector, pollux-loop (on epoll, or @poll, @nio, ...), "
                            + "jdk, netty-epoll. Default: ${DEFAULT-VALUE}.")
    private List<String> sides = List.of("c", "pollux-selector", "pollux-loop", "jdk", "netty-epoll");

    @Option(
            names = "--idle",
            paramLabel = "N",
            description = "Beside this many that are idle. Default: ${DEFAULT-VALUE}.")
    private int idle = 1000;

    @Mixin
    private ComparisonOptions options = new ComparisonOptions();

    private ChurnComparison() {}

    /** Runs the comparison. */
    public static void main(String[] args) {
        ComparisonOptions.run(new ChurnComparison(), args);
    }

    @Override
    public Integer call() throws Exception {
        Report report = Tools.inTemporaryDirectory(directory -> run(options.plan(), sides, idle, directory));
        System.out.println(report.markdown());
        return report.failures().isEmpty() ? 0 : 1;
    }

    /** Measures {@code names} beside so many idle sources. */
    static Report run(Plan plan, List<String> names, int idle, Path directory) throws Exception {
        List<ChurnLoad> loads = new ArrayList<>();
        for (ChurnWork work : ChurnWork.values()) {
            loads.add(new ChurnLoad(idle, work));
        }
        List<MeteredEntrant<ChurnLoad>> entrants = new ArrayList<>();
        for (String name : names) {
            entrants.add(entrant(name, plan.core(), directory));
        }
        Results<ChurnLoad, Sample> results = Contest.run(plan, entrants, loads);
        Report report = new Report("churn");
        List<Column<ChurnLoad, Sample>> columns = new ArrayList<>();
        for (ChurnLoad load : loads) {
            columns.add(Column.ratio(load.work().toString(), load, Sample::nanosEach, 0, "ns"));
        }
        for (ChurnLoad load : loads) {
            columns.add(Column.value("bytes: " + load.work(), load, Sample::bytesEach, 0));
        }
        report.table(results, "CPU per cycle", names, columns);
        report.failed(results.failures());
        return report;
    }

    /** Returns the contestant {@code name}; if that is a program in C, compiled. */
    static MeteredEntrant<ChurnLoad> entrant(String name, int core, Path directory) throws Exception {
        List<String> command = name.equals(Contestant.REFERENCE)
                ? List.of(CProgram.compile("churn_epoll", directory).toString())
                : Child.java(Metered.class, "churn", name);
        return new MeteredEntrant<>(name, core, command, load -> true);
    }
}
