package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** From the start of a process to its first event. */
final class StartPart {

    private static final List<String> NATIVE = List.of("--enable-native-access=ALL-UNNAMED");
    private static final List<String> NETTY =
            List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

    private StartPart() {}

    static Report measure(Effort effort, Path directory) throws IOException, InterruptedException {
        String jars = JarsOnly.classPath(directory);
        List<StartEntrant> entrants = effort.some(List.of(
                new StartEntrant("jdk", FirstEventJdk.class, List.of(), jars, "", directory),
                new StartEntrant("pollux-selector", FirstEventSelector.class, NATIVE, jars, "", directory),
                new StartEntrant("pollux-loop", FirstEventLoop.class, NATIVE, jars, "", directory),
                new StartEntrant("ffm", FirstEventFfm.class, NATIVE, jars, "", directory),
                new StartEntrant(
                        "netty-epoll", FirstEventNetty.class, NETTY, jars, "netty-transport-native-epoll", directory),
                new StartEntrant("nothing", Nothing.class, List.of(), jars, "", directory)));
        Results<StartLoad, Double> results =
                Contest.run(effort.unpinned(1, 15, 0, 0), entrants, List.of(StartLoad.values()));
        List<String> names = entrants.stream().map(StartEntrant::name).toList();
        List<Column<StartLoad, Double>> columns = new ArrayList<>();
        for (StartLoad load : StartLoad.values()) {
            columns.add(Column.ratio(load.toString(), load, Double::doubleValue, 0, "ms"));
        }
        for (StartLoad load : StartLoad.values()) {
            columns.add(Column.value("ms, " + load, load, Double::doubleValue, 0));
        }
        Report report = new Report("start");
        report.table(results, "Start to first event", names, columns);
        report.failed(results.failures());
        return report;
    }
}
