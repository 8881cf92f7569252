package dev.pollux.benchmarks.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Compares dispatching: the CPU time that a loop's thread spends per event when some of many sources are always ready,
 * relative to a C program that does the same with epoll(7).
 *
 * <p>From the root of the repository:
 *
 * {@snippet lang=shell :
 * mvn -q -B -DskipTests package exec:exec -pl benchmarks -am -Dcomparison=DispatchComparison
 * }
 *
 * <p>or, with a JDK 25 and a jar that is built already,
 *
 * {@snippet lang=shell :
 * java -cp benchmarks/target/benchmarks.jar dev.pollux.benchmarks.peers.DispatchComparison --load 1/100,64/10000
 * }
 *
 * <p>A source is an event counter, eventfd(2), of one descriptor. Callbacks only count, and nothing is read, so that
 * every source stays ready. The first of {@code --loops} is what the others are compared with.
 */
@Command(
        name = "DispatchComparison",
        description = "Compares the dispatching of events with a C program, round by round.",
        sortOptions = false)
public final class DispatchComparison implements Callable<Integer> {

    /** select(2) takes no descriptor above 1023, and some have other uses. */
    private static final int MOST_FOR_SELECT = 900;

    @Option(
            names = "--loops",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Compare these with the first: c (epoll; c@poll and c@select for the others), pollux-selector, "
                            + "pollux-loop (driven by run), pollux-run-once (on epoll, or @poll, @select, @nio), jdk, netty-epoll, "
                            + "jnr-enxio (on poll), python. Default: ${DEFAULT-VALUE}.")
    private List<String> loops =
            List.of("c", "pollux-selector", "pollux-loop", "pollux-run-once", "jdk", "netty-handler", "netty-epoll");

    @Option(
            names = "--load",
            paramLabel = "READY/ALL",
            split = ",",
            description = "Watch ALL sources, of which READY are ready; ascending. Default: ${DEFAULT-VALUE}.")
    private List<String> loads = List.of("1/100", "64/100", "1/10000", "64/10000");

    @Mixin
    private ComparisonOptions options = new ComparisonOptions();

    private DispatchComparison() {}

    /** Runs the comparison. */
    public static void main(String[] args) {
        ComparisonOptions.run(new DispatchComparison(), args);
    }

    @Override
    public Integer call() throws Exception {
        Report report = Tools.inTemporaryDirectory(directory -> {
            Results<DispatchLoad, Sample> results = run(options.plan(), loops, parse(loads), directory);
            Report found = new Report("dispatch");
            addTable(found, results, loops, parse(loads));
            found.failed(results.failures());
            return found;
        });
        System.out.println(report.markdown());
        return report.failures().isEmpty() ? 0 : 1;
    }

    private static List<DispatchLoad> parse(List<String> loads) {
        List<DispatchLoad> parsed = new ArrayList<>();
        for (String load : loads) {
            int slash = load.indexOf('/');
            parsed.add(new DispatchLoad(
                    Integer.parseInt(load.substring(slash + 1)), Integer.parseInt(load.substring(0, slash))));
        }
        return parsed;
    }

    /** Measures {@code names} with {@code loads}. */
    static Results<DispatchLoad, Sample> run(Plan plan, List<String> names, List<DispatchLoad> loads, Path directory)
            throws Exception {
        List<MeteredEntrant<DispatchLoad>> entrants = new ArrayList<>();
        for (String name : names) {
            entrants.add(entrant(name, plan.core(), directory));
        }
        return Contest.run(plan, entrants, loads);
    }

    /** Returns the contestant {@code name}; if that is a program in C, compiled. */
    static MeteredEntrant<DispatchLoad> entrant(String name, int core, Path directory) throws Exception {
        Contestant contestant = Contestant.parse(name);
        return new MeteredEntrant<>(
                name,
                core,
                command(contestant, name, directory),
                load -> !contestant.backend().equals("select") || load.registered() <= MOST_FOR_SELECT);
    }

    private static List<String> command(Contestant contestant, String name, Path directory) throws Exception {
        return switch (contestant.kind()) {
            case Contestant.REFERENCE ->
                List.of(CProgram.compile("dispatch_" + contestant.backend(), directory)
                        .toString());
            case "python" ->
                List.of("python3", CProgram.copy("dispatch.py", directory).toString());
            default -> Child.java(Metered.class, "dispatch", name);
        };
    }

    /** Adds a table with a column per load. */
    static void addTable(
            Report report, Results<DispatchLoad, Sample> results, List<String> names, List<DispatchLoad> loads) {
        List<Column<DispatchLoad, Sample>> columns = new ArrayList<>();
        for (DispatchLoad load : loads) {
            columns.add(Column.ratio(load.toString(), load, Sample::nanosEach, 1, "ns"));
        }
        report.table(results, "CPU per event, ready of registered", names, columns);
    }
}
