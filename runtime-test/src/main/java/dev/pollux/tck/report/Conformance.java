package dev.pollux.tck.report;

import dev.pollux.tck.report.ResultRecorder.Outcome;
import dev.pollux.tck.report.ResultRecorder.Result;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What was found about each backend, rule by rule.
 *
 * @param columns one for each backend, Java and system
 */
public record Conformance(List<Column> columns) {

    /** What a rule has come to. The first that applies to any of its tests is taken. */
    public enum Verdict {
        FAIL(Outcome.FAILED, "FAIL"),
        PASS(Outcome.PASSED, "pass"),
        REFUSAL(Outcome.REFUSED, "refusal"),
        UNTESTED(Outcome.ABORTED, "untested");

        private final Outcome outcome;
        private final String word;

        Verdict(Outcome outcome, String word) {
            this.outcome = outcome;
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /**
     * One test and how it ended.
     *
     * @param name class and method
     */
    public record Ended(String name, Result result) {}

    /** One backend in one JVM. */
    public record Column(
            String backend, String java, String system, String capabilities, String kit, List<Ended> tests) {

        Verdict verdict(String rule) {
            List<Outcome> outcomes = tests.stream()
                    .filter(test -> test.result().rules().contains(rule))
                    .map(test -> test.result().outcome())
                    .toList();
            return Stream.of(Verdict.values())
                    .filter(verdict -> outcomes.contains(verdict.outcome))
                    .findFirst()
                    .orElse(Verdict.UNTESTED);
        }

        long count(Outcome outcome) {
            return with(outcome).size();
        }

        List<Ended> with(Outcome outcome) {
            return tests.stream()
                    .filter(test -> test.result().outcome() == outcome)
                    .toList();
        }
    }

    /** Puts together what the classes of a backend found. */
    public static Conformance of(Collection<ResultRecorder> all) {
        Map<String, List<ResultRecorder>> byColumn = new TreeMap<>();
        for (ResultRecorder recorder : all) {
            String column = recorder.fact("backend") + "\n" + recorder.fact("java") + "\n" + recorder.fact("system");
            byColumn.computeIfAbsent(column, key -> new ArrayList<>()).add(recorder);
        }
        return new Conformance(
                byColumn.values().stream().map(Conformance::column).toList());
    }

    private static Column column(List<ResultRecorder> all) {
        List<Ended> tests = new ArrayList<>();
        for (ResultRecorder recorder : all) {
            recorder.tests()
                    .forEach((test, result) -> tests.add(new Ended(recorder.fact("tests") + "." + test, result)));
        }
        tests.sort(Comparator.comparing(Ended::name));
        ResultRecorder any = all.get(0);
        return new Column(
                any.fact("backend"),
                any.fact("java"),
                any.fact("system"),
                any.fact("capabilities"),
                any.fact("kit"),
                tests);
    }
}
