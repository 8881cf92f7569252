package dev.pollux.tck.report;

import dev.pollux.tck.report.Conformance.Column;
import dev.pollux.tck.report.Conformance.Ended;
import dev.pollux.tck.report.Conformance.Verdict;
import dev.pollux.tck.report.ResultRecorder.Outcome;
import dev.pollux.tck.report.Specification.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The report, to be read by people. It is built from tables once, and written in two ways. */
public record ReportPage(Specification specification, Conformance conformance) {

    private static final String LEGEND = "pass: the tests of the rule pass. refusal: the backend lacks a capability and"
            + " refuses as the rule says. untested: no test of the rule ran here. partly: some tests of the rule"
            + " pass, and others could not be tried here; see Not tried. FAIL: a test of the rule fails."
            + " elsewhere: no rule about backends; its status names the test.";

    private static final String STYLE = "body{font:15px/1.4 sans-serif;margin:2em;max-width:90em}"
            + "table{border-collapse:collapse;margin:1em 0}"
            + "th,td{border:1px solid #bbb;padding:.25em .6em;text-align:left;vertical-align:top}"
            + "th{background:#eee}.pass{background:#dff3df}.refusal{background:#e3ecfa}"
            + ".untested,.partly,.elsewhere{color:#666}.FAIL{background:#f6c6c6;font-weight:bold}";

    /** Rows of cells, the first of which is the head. */
    private record Table(String title, List<List<String>> rows) {}

    public String markdown() {
        StringBuilder page = new StringBuilder("# Conformance\n\n" + LEGEND + "\n");
        for (Table table : tables()) {
            page.append("\n## ").append(table.title()).append("\n\n");
            for (int i = 0; i < table.rows().size(); i++) {
                List<String> row = table.rows().get(i);
                page.append(line(row, "| ", " | ", " |\n", cell -> cell.replace("|", "\\|")));
                if (i == 0) {
                    page.append("|").append("---|".repeat(row.size())).append('\n');
                }
            }
        }
        return page.toString();
    }

    public String html() {
        StringBuilder page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<title>Conformance</title><style>" + STYLE + "</style></head>\n<body><h1>Conformance</h1>\n<p>"
                + escaped(LEGEND) + "</p>\n");
        for (Table table : tables()) {
            page.append("<h2>").append(escaped(table.title())).append("</h2>\n<table>\n");
            for (int i = 0; i < table.rows().size(); i++) {
                String kind = i == 0 ? "th" : "td";
                UnaryOperator<String> cell =
                        text -> "<" + kind + marked(text) + ">" + escaped(text) + "</" + kind + ">";
                page.append(line(table.rows().get(i), "<tr>", "", "</tr>\n", cell));
            }
            page.append("</table>\n");
        }
        return page.append("</body></html>\n").toString();
    }

    private static String line(List<String> cells, String begin, String between, String end, UnaryOperator<String> as) {
        return begin + String.join(between, cells.stream().map(as).toList()) + end;
    }

    private static String marked(String cell) {
        for (Verdict verdict : Verdict.values()) {
            if (verdict.word().equals(cell)) {
                return " class=\"" + cell + "\"";
            }
        }
        return "";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private List<Table> tables() {
        List<Table> tables = new ArrayList<>(List.of(backends(), rules()));
        tables.add(failed());
        tables.add(untested());
        tables.removeIf(table -> table.rows().size() == 1);
        return tables;
    }

    private Table backends() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "backend", "Java", "system", "capabilities", "kit", "passed", "refused", "not tried", "failed"));
        for (Column column : conformance.columns()) {
            rows.add(List.of(
                    column.backend(),
                    column.java(),
                    column.system(),
                    column.capabilities(),
                    column.kit(),
                    Long.toString(column.count(Outcome.PASSED)),
                    Long.toString(column.count(Outcome.REFUSED)),
                    Long.toString(column.count(Outcome.ABORTED)),
                    Long.toString(column.count(Outcome.FAILED))));
        }
        return new Table("Backends, and tests of each", rows);
    }

    private Table rules() {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("rule", "level", "what must hold", "status"));
        conformance.columns().forEach(column -> head.add(column.backend() + ", Java " + column.java()));
        rows.add(head);
        for (Entry entry : specification.entries()) {
            List<String> row = new ArrayList<>(List.of(entry.id(), entry.level(), entry.text(), entry.status()));
            for (Column column : conformance.columns()) {
                row.add(entry.isOfKit() ? column.verdict(entry.id()).word() : "elsewhere");
            }
            rows.add(row);
        }
        return new Table("Rules", rows);
    }

    private Table failed() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("backend", "test", "rules", "why"));
        for (Column column : conformance.columns()) {
            for (Ended test : column.with(Outcome.FAILED)) {
                rows.add(List.of(
                        column.backend() + ", Java " + column.java(),
                        test.name(),
                        String.join(" ", test.result().rules()),
                        test.result().reason()));
            }
        }
        return new Table("Failed", rows);
    }

    /** What could not be tried, with the reason once. */
    private Table untested() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("backend", "rules", "tests", "why"));
        for (Column column : conformance.columns()) {
            Map<String, List<Ended>> reasons = new TreeMap<>();
            column.with(Outcome.ABORTED)
                    .forEach(test -> reasons.computeIfAbsent(test.result().reason(), any -> new ArrayList<>())
                            .add(test));
            reasons.forEach((reason, tests) -> rows.add(List.of(
                    column.backend() + ", Java " + column.java(),
                    rules(tests),
                    Integer.toString(tests.size()),
                    reason)));
        }
        return new Table("Not tried", rows);
    }

    private static String rules(List<Ended> tests) {
        return tests.stream()
                .flatMap(test -> test.result().rules().stream())
                .distinct()
                .sorted()
                .collect(Collectors.joining(" "));
    }
}
