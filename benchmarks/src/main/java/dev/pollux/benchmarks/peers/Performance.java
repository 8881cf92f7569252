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
 * Measures everything that docs/performance.md shows, and writes it with its charts, within some twenty minutes on two cores.
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
        parts.put("dispatch", DispatchPart::onEpoll);
        parts.put("poll-and-select", DispatchPart::onPollAndSelect);
        parts.put("backends", DispatchPart::byRegistered);
        parts.put("churn", ChurnPart::measure);
        parts.put("echo", EchoPart::measure);
        parts.put("bridge", BridgePart::measure);
        parts.put("operations", OperationsPart::measure);
        parts.put("tasks", TaskPart::measure);
        parts.put("timers", TimerPart::measure);
        parts.put("heap", HeapPart::measure);
        parts.put("start", StartPart::measure);
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
        Effort effort = new Effort(quick, cores.core(), cores.loadCore());
        for (String name : only) {
            Report report = measure(name, effort);
            System.out.println(report.markdown() + "\n");
        }
        if (!only.isEmpty()) {
            return 0;
        }
        Page page = measureAll(effort);
        page.write(docs);
        for (Path file : against) {
            System.out.print(Agreement.of(Agreement.read(file), page.figures()));
        }
        return page.failures().isEmpty() ? 0 : 1;
    }

    /** Measures everything that the page has. */
    static Page measureAll(Effort effort) throws IOException, InterruptedException {
        Page page = new Page();
        page.put("machine", Machine.describe());
        long start = System.nanoTime();
        for (String name : PARTS.keySet()) {
            page.put(measure(name, effort));
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        page.put("duration", took.toMinutes() + " min " + took.toSecondsPart() + " s");
        return page;
    }

    private static Report measure(String name, Effort effort) throws InterruptedException {
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
            return report;
        } finally {
            System.err.printf(
                    "%s took %d s%n",
                    name, Duration.ofNanos(System.nanoTime() - start).toSeconds());
        }
    }
}
