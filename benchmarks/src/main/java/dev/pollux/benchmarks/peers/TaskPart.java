package dev.pollux.benchmarks.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Tasks that one thread gives to another. */
final class TaskPart {

    /** The first is what the others are compared with. */
    private static final List<String> SIDES =
            List.of("netty-epoll", "netty-nio", "pollux-loop", "pollux-loop-spin", "stpe");

    private TaskPart() {}

    static Report measure(Effort effort, Path directory) throws InterruptedException {
        Plan plan = effort.unpinned(4, 6, 0.1, 1);
        List<MeteredEntrant<TaskWork>> entrants = new ArrayList<>();
        for (String side : SIDES) {
            entrants.add(MeteredEntrant.java("tasks", side, plan.core(), List.of()));
        }
        Results<TaskWork, Sample> results = Contest.run(plan, entrants, List.of(TaskWork.values()));
        List<Column<TaskWork, Sample>> columns = new ArrayList<>();
        for (TaskWork work : TaskWork.values()) {
            columns.add(Column.ratio(work.toString(), work, Sample::millionsPerSecond, 3, "M/s"));
        }
        columns.add(Column.value("write calls per task, one way", TaskWork.ONE_WAY, Sample::writeCallsEach, 4));
        Report report = new Report("tasks");
        report.table(results, "Tasks per second", SIDES, columns);
        report.failed(results.failures());
        return report;
    }
}
