package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Changes of what is watched, and the system calls of a change that is taken back. */
final class ChurnPart {

    private static final List<String> SIDES = List.of("c", "pollux-selector", "pollux-loop", "jdk", "netty-epoll");
    private static final double TRACED_SECONDS = 0.3;

    private ChurnPart() {}

    static Report measure(Effort effort, Path directory) throws Exception {
        int idle = effort.choose(1000, 10);
        List<String> sides = effort.some(SIDES);
        Report report = ChurnComparison.run(effort.plan(3, 7, 0.06, 1), sides, idle, directory);
        addToggles(report, effort, sides, new ChurnLoad(idle, ChurnWork.TOGGLE), directory);
        return report;
    }

    private static void addToggles(Report report, Effort effort, List<String> sides, ChurnLoad load, Path directory)
            throws Exception {
        Results<ChurnLoad, Double> counts = new Results<>();
        double seconds = effort.choose(TRACED_SECONDS, 0.02);
        for (String name : sides) {
            MeteredEntrant<ChurnLoad> entrant = ChurnComparison.entrant(name, effort.core(), directory);
            try (MeteredEntrant.RunningProgram<ChurnLoad> running = entrant.start()) {
                running.prepare(load, seconds);
                double calls = SystemCalls.each(
                        running.child(), () -> running.measure(load, seconds).count(), directory);
                counts.add(load, name, 0, calls);
            } catch (IOException e) {
                counts.addFailure("system calls of " + name + " are not counted: " + e.getMessage());
            }
        }
        List<Column<ChurnLoad, Double>> columns = new ArrayList<>();
        columns.add(Column.value(load.work().toString(), load, Double::doubleValue, 2));
        report.table(counts, "System calls per cycle", sides, columns);
        report.failed(counts.failures());
    }
}
