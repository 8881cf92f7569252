package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The page {@code performance.md} with its charts, and {@code figures.csv}, by which two runs can be compared. The words
 * between the tables are in the template beside this class, where {@code {{name}}} stands for what is measured.
 */
final class Page {

    private static final String TEMPLATE = "performance.md";

    private final Map<String, String> values = new LinkedHashMap<>();
    private final List<Report> reports = new ArrayList<>();

    /** Puts {@code text} where the template has {@code {{name}}}. */
    void put(String name, String text) {
        values.put(name, text);
    }

    /** Puts {@code report} where the template has the name of its part. */
    void put(Report report) {
        values.put(report.section(), report.markdown());
        reports.add(report);
    }

    List<Figure> figures() {
        return reports.stream().flatMap(report -> report.figures().stream()).toList();
    }

    /** Returns what went wrong with any part. */
    List<String> failures() {
        return reports.stream().flatMap(report -> report.failures().stream()).toList();
    }

    /**
     * Writes everything into {@code directory}.
     *
     * @throws IllegalStateException if the template asks for something else than was put
     */
    void write(Path directory) throws IOException {
        String page = template();
        for (Map.Entry<String, String> value : values.entrySet()) {
            String mark = "{{" + value.getKey() + "}}";
            if (!page.contains(mark)) {
                throw new IllegalStateException("the template has no " + mark);
            }
            page = page.replace(mark, value.getValue());
        }
        if (!failures().isEmpty()) {
            page = page.replaceAll("\\{\\{[\\w-]+}}", "This was not measured.");
        }
        int left = page.indexOf("{{");
        if (left >= 0) {
            throw new IllegalStateException(
                    "the template asks for " + page.substring(left, page.indexOf("}}", left) + 2));
        }
        Path pictures = directory.resolve("performance");
        Files.createDirectories(pictures);
        for (Report report : reports) {
            for (Chart chart : report.charts()) {
                ChartFile.write(chart, pictures);
            }
        }
        List<String> lines = new ArrayList<>(List.of(Figure.CSV_HEADER));
        figures().forEach(figure -> lines.add(figure.csv()));
        Files.write(pictures.resolve("figures.csv"), lines);
        Files.writeString(directory.resolve(TEMPLATE), page);
    }

    private static String template() throws IOException {
        try (InputStream in = Page.class.getResourceAsStream(TEMPLATE)) {
            if (in == null) {
                throw new IllegalStateException("no template " + TEMPLATE + " beside " + Page.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
