package dev.pollux.benchmarks.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What idle registrations take of the heap. */
final class HeapPart {

    private static final List<String> SIDES = List.of("jdk", "netty-handler", "pollux-selector", "pollux-run-once");

    private HeapPart() {}

    static Report measure(Effort effort, Path directory) throws InterruptedException {
        Plan plan = effort.plan(2, 1, 0, 0);
        HeapLoad load = new HeapLoad(effort.choose(10_000, 100));
        List<MeteredEntrant<HeapLoad>> entrants = new ArrayList<>();
        for (String side : SIDES) {
            entrants.add(MeteredEntrant.java("heap", side, plan.core(), List.of()));
        }
        Results<HeapLoad, Sample> results = Contest.run(plan, entrants, List.of(load));
        Report report = new Report("heap");
        report.table(
                results, "Heap", SIDES, List.of(Column.value("bytes per registration", load, HeapPart::bytesEach, 1)));
        report.failed(results.failures());
        return report;
    }

    /** Less than nothing, if others let go of more meanwhile: a few registrations show nothing. */
    private static double bytesEach(Sample sample) {
        return (double) sample.allocatedBytes() / sample.count();
    }
}
