package dev.pollux.tck;

import dev.pollux.tck.Findings.Finding;
import dev.pollux.tck.Findings.Outcome;
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
record Conformance(List<Column> columns) {

    /** What a rule has come to. The first that applies to any of its tests is taken. */
    enum Verdict {
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
    record Ended(String name, Finding finding) {}

    /** One backend in one JVM. */
    record Column(String backend, String java, String system, String capabilities, String kit, List<Ended> tests) {

        Verdict verdict(String rule) {
            List<Outcome> outcomes = tests.stream()
                    .filter(test -> test.finding().rules().contains(rule))
                    .map(test -> test.finding().outcome())
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
                    .filter(test -> test.finding().outcome() == outcome)
                    .toList();
        }
    }

    /** Puts together what the classes of a backend found. */
    static Conformance of(Collection<Findings> all) {
        Map<String, List<Findings>> byColumn = new TreeMap<>();
        for (Findings findings : all) {
            String column = findings.fact("backend") + "\n" + findings.fact("java") + "\n" + findings.fact("system");
            byColumn.computeIfAbsent(column, key -> new ArrayList<>()).add(findings);
        }
        return new Conformance(
                byColumn.values().stream().map(Conformance::column).toList());
    }

    private static Column column(List<Findings> all) {
        List<Ended> tests = new ArrayList<>();
        for (Findings findings : all) {
            findings.tests()
                    .forEach((test, finding) -> tests.add(new Ended(findings.fact("tests") + "." + test, finding)));
        }
        tests.sort(Comparator.comparing(Ended::name));
        Findings any = all.get(0);
        return new Column(
                any.fact("backend"),
                any.fact("java"),
                any.fact("system"),
                any.fact("capabilities"),
                any.fact("kit"),
                tests);
    }
}
