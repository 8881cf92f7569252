package dev.pollux.tck.report;

import dev.pollux.tck.report.ResultRecorder.Outcome;
import dev.pollux.tck.report.ResultRecorder.Result;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What was found about each backend, rule by rule.
 *
 * @param columns one for each backend, Java and system
 */
public record Conformance(List<Column> columns) {

    /** What a rule has come to. */
    public enum Verdict {
        FAIL("FAIL"),
        PARTLY("partly"),
        PASS("pass"),
        REFUSAL("refusal"),
        UNTESTED("untested");

        private final String word;

        Verdict(String word) {
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
    public record Ended(String name, Result result) {

        String method() {
            return name.substring(name.lastIndexOf('.') + 1);
        }
    }

    /** One backend in one JVM. */
    public record Column(
            String backend, String java, String system, String capabilities, String kit, List<Ended> tests) {

        Verdict verdict(String rule) {
            // The same test may run in several classes, for instance on channels and on descriptors.
            Map<String, Set<Outcome>> outcomes = new HashMap<>();
            for (Ended test : tests) {
                if (test.result().rules().contains(rule)) {
                    outcomes.computeIfAbsent(test.method(), any -> EnumSet.noneOf(Outcome.class))
                            .add(test.result().outcome());
                }
            }
            return verdict(outcomes.values());
        }

        private static Verdict verdict(Collection<Set<Outcome>> tests) {
            if (tests.stream().anyMatch(outcomes -> outcomes.contains(Outcome.FAILED))) {
                return Verdict.FAIL;
            }
            long untested =
                    tests.stream().filter(Set.of(Outcome.ABORTED)::equals).count();
            if (untested == tests.size()) {
                return Verdict.UNTESTED;
            }
            if (untested > 0) {
                return Verdict.PARTLY;
            }
            return tests.stream().anyMatch(outcomes -> outcomes.contains(Outcome.PASSED))
                    ? Verdict.PASS
                    : Verdict.REFUSAL;
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
