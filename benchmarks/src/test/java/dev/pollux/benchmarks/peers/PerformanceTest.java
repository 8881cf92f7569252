package dev.pollux.benchmarks.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
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

        Page page = Performance.measureAll(new Effort(true, 1, ANY_CORE, ANY_CORE));
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

    @Test
    void aContestantIsWarmedUpForLongBeforeItsFirstLoadWhicheverThatIs() throws Exception {
        List<String> warmups = new ArrayList<>();
        Plan plan = new Plan(1, 1, 0, 2, ANY_CORE, ANY_CORE);

        Contest.run(
                plan,
                List.of(new Prepared("all", load -> true, warmups), new Prepared("late", "b"::equals, warmups)),
                List.of("a", "b"));

        assertEquals(List.of("all a 2.0", "all b 0.5", "late b 2.0"), warmups);
    }

    /** Notes for how long it is warmed up. */
    private record Prepared(String name, Predicate<String> canTake, List<String> warmups)
            implements Entrant<String, Integer> {

        @Override
        public boolean takes(String load) {
            return canTake.test(load);
        }

        @Override
        public Running<String, Integer> start() {
            return new Running<>() {
                @Override
                public void prepare(String load, double warmupSeconds) {
                    warmups.add(name + " " + load + " " + warmupSeconds);
                }

                @Override
                public Integer measure(String load, double seconds) {
                    return 1;
                }

                @Override
                public void close() {}
            };
        }
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
    void aPageOfWhichAPartFailedIsWrittenWithTheRest() throws Exception {
        Report failed = new Report("echo");
        failed.failed(List.of("echo: no gcc"));
        Page page = new Page();
        page.put("machine", "what was measured on");
        page.put(failed);

        page.write(docs);

        String text = Files.readString(docs.resolve("performance.md"));
        assertTrue(text.contains("what was measured on"), text);
        assertTrue(text.contains("- echo: no gcc"), text);
        assertFalse(text.contains("{{"), text);
    }

    @Test
    void aWarmupGoesOnUntilTheCompilersRest() throws Exception {
        assertEquals(4, slices(1, 7, 7, 7, 7, 7));
        assertEquals(6, slices(1, 100, 200, 300, 400, 500, 500, 500));
        assertEquals(
                20, slices(1, LongStream.rangeClosed(1, 30).map(i -> i * 100).toArray()));
    }

    @Test
    void aWarmupInLongSlicesHasFewOfThem() throws Exception {
        assertEquals(2, slices(3, 7, 7, 7));
        assertEquals(7, slices(3, 100, 200, 300, 400, 500, 600, 700, 700, 700));
    }

    @Test
    void aProgramWithoutCompilersIsWarmSoon() throws Exception {
        assertEquals(1, slices(1, 0, 0));
    }

    /**
     * Returns in how many slices a program is warmed up for four seconds.
     *
     * @param secondsEach how long each takes
     * @param compileMillis what the program says of its compilers after each
     */
    private static int slices(long secondsEach, long... compileMillis) throws Exception {
        AtomicInteger slices = new AtomicInteger();
        Warmup.run(
                "any",
                4,
                () -> TimeUnit.SECONDS.toNanos(secondsEach * slices.get()),
                seconds -> compileMillis[slices.getAndIncrement()]);
        return slices.get();
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
    void figuresAreComparedAsTheyArePrinted() {
        Results<String, Double> results = new Results<>();
        results.add("load", "c", 0, 3.0061);
        Report report = new Report("churn");

        report.table(results, "Calls", List.of("c"), List.of(Column.value("all", "load", Double::doubleValue, 2)));

        assertEquals(new Spread(3.01, 3.01, 3.01, 1), report.figures().get(0).spread());
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
