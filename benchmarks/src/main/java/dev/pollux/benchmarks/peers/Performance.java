package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Measures everything that docs/performance.md shows, and writes it with its charts, within a quarter of an hour on two cores.
 *
 * <p>From the root of the repository:
 *
 * {@snippet lang=shell :
 * mvn -q -B -DskipTests package exec:exec -pl benchmarks -am -Dcomparison=Performance
 * }
 */
@Command(
        name = "Performance",
        description = "Measures everything that docs/performance.md shows, and writes it.",
        sortOptions = false)
public final class Performance implements Callable<Integer> {

    private static final Map<String, Part> PARTS = parts();

    @Option(
            names = "--only",
            paramLabel = "PART",
            split = ",",
            description = "Print these parts and write nothing: ${COMPLETION-CANDIDATES}.",
            completionCandidates = PartNames.class)
    private List<String> only = List.of();

    @Option(
            names = "--docs",
            paramLabel = "DIRECTORY",
            description = "Write performance.md and performance/ here. Default: ${DEFAULT-VALUE}.")
    private Path docs = Path.of("docs");

    @Option(
            names = "--against",
            paramLabel = "FILE",
            description = "Afterwards, say which figures of that figures.csv these do not agree with.")
    private List<Path> against = List.of();

    @Option(
            names = "--starts",
            paramLabel = "N",
            description = "Start no program more often than this, for a shorter run with less to compare.")
    private int starts = Integer.MAX_VALUE;

    @Option(names = "--quick", description = "Just see that everything works; the figures mean nothing then.")
    private boolean quick;

    @Mixin
    private ComparisonOptions.Cores cores = new ComparisonOptions.Cores();

    private Performance() {}

    /** Runs it. */
    public static void main(String[] args) {
        System.setProperty("java.awt.headless", "true");
        ComparisonOptions.run(new Performance(), args);
    }

    private static Map<String, Part> parts() {
        Map<String, Part> parts = new LinkedHashMap<>();
        parts.put("dispatch", Part.of(DispatchPart::onEpoll));
        parts.put("poll-and-select", Part.of(DispatchPart::onPollAndSelect));
        parts.put("backends", Part.of(DispatchPart::byRegistered));
        parts.put("churn", Part.of(ChurnPart::measure));
        parts.put("echo", EchoPart::measure);
        parts.put("files", Part.of(FilePart::measure));
        parts.put("tasks", Part.of(TaskPart::measure));
        parts.put("timers", Part.of(TimerPart::measure));
        parts.put("heap", Part.of(HeapPart::measure));
        parts.put("start", Part.of(StartPart::measure));
        return parts;
    }

    /** For the help. */
    static final class PartNames extends ArrayList<String> {

        private static final long serialVersionUID = 1;

        PartNames() {
            super(PARTS.keySet());
        }
    }

    @Override
    public Integer call() throws Exception {
        Effort effort = new Effort(quick, starts, cores.core(), cores.loadCore());
        Page page = only.isEmpty() ? measureAll(effort) : measureSome(effort);
        if (only.isEmpty()) {
            page.write(docs);
        }
        for (Path file : against) {
            System.out.print(Agreement.of(Agreement.read(file), page.figures()));
        }
        return page.failures().isEmpty() ? 0 : 1;
    }

    private Page measureSome(Effort effort) throws InterruptedException {
        Page page = new Page();
        for (String name : only) {
            for (Report report : measure(name, effort, new ArrayList<>())) {
                page.put(report);
                System.out.println(report.markdown() + "\n");
            }
        }
        return page;
    }

    /** Measures everything that the page has. */
    static Page measureAll(Effort effort) throws IOException, InterruptedException {
        Page page = new Page();
        page.put("machine", Machine.describe());
        long start = System.nanoTime();
        List<String> times = new ArrayList<>();
        for (String name : PARTS.keySet()) {
            measure(name, effort, times).forEach(page::put);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        page.put(
                "duration",
                took.toMinutes() + " min " + took.toSecondsPart() + " s, of which " + String.join(", ", times));
        return page;
    }

    /** Measures a part, and adds to {@code times} how long that took. */
    private static List<Report> measure(String name, Effort effort, List<String> times) throws InterruptedException {
        Part part = PARTS.get(name);
        if (part == null) {
            throw new IllegalArgumentException("no part " + name + "; there are " + String.join(", ", PARTS.keySet()));
        }
        long start = System.nanoTime();
        try {
            return Tools.inTemporaryDirectory(directory -> part.measure(effort, directory));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            Report report = new Report(name);
            report.failed(List.of(name + ": " + e));
            return List.of(report);
        } finally {
            String time =
                    name + " " + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s";
            System.err.println(time);
            times.add(time);
        }
    }
}
