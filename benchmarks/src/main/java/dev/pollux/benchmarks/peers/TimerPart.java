package dev.pollux.benchmarks.peers;

import dev.pollux.benchmarks.TimerBenchmark;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Param;

/** Timers by the million. */
final class TimerPart {

    /** Young enough that nothing is collected within what is measured. */
    private static final List<String> HEAP = List.of("-Xms2g", "-Xmx2g", "-Xmn1400m");

    private TimerPart() {}

    static Report measure(Effort effort, Path directory) throws InterruptedException, NoSuchFieldException {
        int many = effort.choose(1_000_000, 1000);
        List<TimerLoad> cancels = new ArrayList<>();
        for (int timers : effort.choose(List.of(10_000, 100_000, many), List.of(100, many))) {
            cancels.add(new TimerLoad(TimerWork.CANCEL, timers));
        }
        List<TimerLoad> shown = List.of(
                new TimerLoad(TimerWork.SCHEDULE, many),
                new TimerLoad(TimerWork.CANCEL, many),
                new TimerLoad(TimerWork.FIRE, effort.choose(200_000, 100)));
        List<TimerLoad> loads = new ArrayList<>(shown);
        cancels.stream().filter(load -> !loads.contains(load)).forEach(loads::add);

        Plan plan = effort.plan(2, 4, 0, 1);
        List<String> sides = sides();
        List<MeteredEntrant<TimerLoad>> entrants = new ArrayList<>();
        for (String side : sides) {
            entrants.add(MeteredEntrant.java("timers", side, plan.core(), HEAP));
        }
        Results<TimerLoad, Sample> results = Contest.run(plan, entrants, loads);
        Report report = new Report("timers");
        List<Column<TimerLoad, Sample>> columns = new ArrayList<>();
        for (TimerLoad load : shown) {
            columns.add(Column.ratio(load.toString(), load, Sample::nanosEach, 0, "ns"));
        }
        report.table(results, "CPU per timer", sides, columns);
        report.chart(new Chart(
                "timers.svg",
                "CPU time to cancel one of many timers",
                "pending timers",
                "nanoseconds per timer",
                true,
                Chart.lines(results, sides, cancels, TimerLoad::timers, Sample::nanosEach)));
        report.failed(results.failures());
        return report;
    }

    /** Returns the sides of the JMH benchmark; the first is what the others are compared with. */
    private static List<String> sides() throws NoSuchFieldException {
        return List.of(TimerBenchmark.Fixture.class
                .getField("side")
                .getAnnotation(Param.class)
                .value());
    }
}
