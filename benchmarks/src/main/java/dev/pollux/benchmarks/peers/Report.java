package dev.pollux.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;

/** What a comparison has found, in the course of being written: tables, charts, the figures in them, and what failed. */
final class Report {

    private final String section;
    private final StringBuilder text = new StringBuilder();
    private final List<Figure> figures = new ArrayList<>();
    private final List<Chart> charts = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    /** Begins the part of the page that is named {@code section}. */
    Report(String section) {
        this.section = section;
    }

    /**
     * Adds a table; the first of {@code rows} is what the others are compared with. Rows without any figure are left out
     * where no one is missing: what failed is said by {@link #failures}.
     */
    <L, S> void table(Results<L, S> results, String corner, List<String> rows, List<Column<L, S>> columns) {
        text.append("| ").append(corner);
        columns.forEach(column -> text.append(" | ").append(column.title()));
        text.append(" |\n|---|").append("---|".repeat(columns.size())).append('\n');
        String reference = rows.get(0);
        for (String row : rows) {
            text.append("| ").append(row);
            for (Column<L, S> column : columns) {
                text.append(" | ").append(column.cell(results, row, reference));
                Spread spread = column.spread(results, row, reference);
                if (spread.isKnown() && !(column.isRatio() && row.equals(reference))) {
                    figures.add(new Figure(
                            section + ": " + corner, row, column.title(), spread.rounded(column.shownDecimals())));
                }
            }
            text.append(" |\n");
        }
        text.append('\n');
    }

    /** Adds a paragraph. */
    void paragraph(String words) {
        text.append(words).append("\n\n");
    }

    /** Adds a chart. */
    void chart(Chart chart) {
        charts.add(chart);
        text.append("![")
                .append(chart.title())
                .append("](")
                .append("performance/")
                .append(chart.fileName())
                .append(")\n\n");
    }

    /** Adds what went wrong. */
    void failed(List<String> what) {
        failures.addAll(what);
    }

    String section() {
        return section;
    }

    /** Returns tables and charts in Markdown, and what is missing. */
    String markdown() {
        StringBuilder all = new StringBuilder(text.toString().strip());
        if (!failures.isEmpty()) {
            all.append("\n\n**Not complete.** This failed:\n");
            failures.forEach(failure -> all.append("\n- ").append(failure));
        }
        return all.toString();
    }

    List<Figure> figures() {
        return figures;
    }

    List<Chart> charts() {
        return charts;
    }

    List<String> failures() {
        return failures;
    }
}
