package dev.pollux.benchmarks.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class PerformanceTest {

    private static final int ANY_CORE = -1;

    @TempDir
    private Path docs;

    @Test
    @Tag("full")
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void everyPartOfThePageIsMeasuredAndWritten() throws Exception {
        assumeTrue(CProgram.canCompile(), "the comparisons need gcc, which is not on the PATH");
        assumeTrue(Tools.find("strace"), "system calls are counted by strace, which is not on the PATH");

        Page page = Performance.measureAll(new Effort(true, ANY_CORE, ANY_CORE));
        page.write(docs);

        assertEquals(List.of(), page.failures());
        String text = Files.readString(docs.resolve("performance.md"));
        assertFalse(text.contains("{{"), text);
        for (String picture : List.of("backends.svg", "echo.svg", "latency.svg", "operations.svg", "timers.svg")) {
            assertTrue(text.contains("(performance/" + picture + ")"), picture);
            assertTrue(
                    Files.readString(docs.resolve("performance").resolve(picture))
                            .contains("<text"),
                    picture);
        }
        Map<String, Spread> figures = Agreement.read(docs.resolve("performance/figures.csv"));
        assertEquals(page.figures().size(), figures.size());
        page.figures().forEach(figure -> assertEquals(figure.spread(), figures.get(figure.key()), figure.key()));
    }

    @Test
    void aPartThatFailsIsNamedOnThePage() {
        Report report = new Report("echo");
        report.paragraph("What was measured.");
        report.failed(List.of("jdk, 64 × 64 B: ended with exit code 1"));

        assertTrue(
                report.markdown()
                        .endsWith("**Not complete.** This failed:\n\n- jdk, 64 × 64 B: ended with exit code 1"),
                report::markdown);
    }

    @Test
    void aContestantThatFailsIsLeftOutUntilItIsStartedAnewAndTheOthersGoOn() throws Exception {
        Plan plan = new Plan(2, 3, 0, 0, ANY_CORE, ANY_CORE);

        Results<String, Integer> results =
                Contest.run(plan, List.of(new Scripted("steady", 9), new Scripted("failing", 1)), List.of("load"));

        assertEquals(
                6, results.rounds("load", "steady").of(Integer::doubleValue).count());
        assertEquals(
                2, results.rounds("load", "failing").of(Integer::doubleValue).count());
        assertEquals(List.of("failing, load: no more"), results.failures());
    }

    /** Measures 1, so many times after each start. */
    private record Scripted(String name, int times) implements Entrant<String, Integer> {

        @Override
        public Running<String, Integer> start() {
            return new Running<>() {

                private int left = times;

                @Override
                public void prepare(String load, double warmupSeconds) {}

                @Override
                public Integer measure(String load, double seconds) throws IOException {
                    if (left-- == 0) {
                        throw new IOException("no more");
                    }
                    return 1;
                }

                @Override
                public void close() {}
            };
        }
    }

    @Test
    void aRatioComparesTheSameRoundsOnly() {
        Rounds<Double> reference = new Rounds<>();
        Rounds<Double> other = new Rounds<>();
        reference.add(0, 1.0);
        reference.add(1, 10.0);
        other.add(1, 20.0);
        other.add(2, 300.0);

        assertEquals(new Spread(2, 2, 2, 1), other.ratioTo(reference, Double::doubleValue));
    }

    @Test
    void aSpreadHasTheMedianAndTheQuartiles() {
        assertEquals(new Spread(3, 2, 4, 5), Spread.of(DoubleStream.of(5, 1, 4, 2, 3)));
        assertEquals(new Spread(1.5, 1.25, 1.75, 2), Spread.of(DoubleStream.of(2, Double.NaN, 1)));
        assertFalse(Spread.of(DoubleStream.of(Double.NaN)).isKnown());
    }

    @Test
    void figuresWhoseQuartilesHaveNothingInCommonDoNotAgree() {
        Figure same = new Figure("echo", "jdk", "64 B", new Spread(1, 0.9, 1.1, 5));
        Figure other = new Figure("echo", "c", "64 B", new Spread(1, 0.9, 1.1, 5));
        Map<String, Spread> before =
                Map.of(same.key(), new Spread(1.15, 1.1, 1.2, 5), other.key(), new Spread(1.2, 1.15, 1.3, 5));

        String agreement = Agreement.of(before, List.of(same, other));

        assertTrue(agreement.startsWith("1 of 2 figures agree"), agreement);
        assertEquals(List.of(other.key()), named(agreement, same, other));
    }

    private static List<String> named(String text, Figure... figures) {
        return Stream.of(figures).map(Figure::key).filter(text::contains).toList();
    }
}
