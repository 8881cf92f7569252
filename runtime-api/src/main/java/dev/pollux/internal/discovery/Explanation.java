package dev.pollux.internal.discovery;

import dev.pollux.Availability;
import dev.pollux.BackendCandidate;
import dev.pollux.Capability;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A page that says of each backend whether it is taken and why not: a table, notes to it, and what each can do. */
final class Explanation {

    private static final int WIDTH = 120;

    private final StringBuilder page = new StringBuilder();
    private final List<String> notes = new ArrayList<>();

    private Explanation() {}

    static String of(
            List<Judgement> judgements, List<BackendCandidate> broken, List<String> unlisted, Overrides overrides) {
        Explanation explanation = new Explanation();
        explanation.table(judgements, broken);
        explanation.remarks(judgements, broken, unlisted, overrides);
        explanation.notes();
        explanation.capabilities(judgements);
        return explanation.page.toString();
    }

    /** Returns what is to be done about a provider that no services file names. */
    static String unlisted(String provider) {
        return provider + " is there, but in no META-INF/services/dev.pollux.spi.BackendProvider; if jars were merged"
                + " into one, these files must be, too: add ServicesResourceTransformer to the Maven Shade plugin";
    }

    static String reason(Availability availability) {
        return availability instanceof Availability.Unavailable unavailable ? unavailable.reason() : "";
    }

    private void table(List<Judgement> judgements, List<BackendCandidate> broken) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("BACKEND", "PRIORITY", "AVAILABLE", "VERDICT"));
        for (Judgement each : judgements) {
            rows.add(List.of(
                    each.name(),
                    Integer.toString(each.priority()),
                    available(each.availability()),
                    each.verdict() + note(each.remedy())));
        }
        for (BackendCandidate each : broken) {
            rows.add(List.of(each.name(), "-", available(each.availability()), each.verdict()));
        }
        append(rows);
    }

    private String available(@Nullable Availability availability) {
        if (availability == null) {
            return "not tried";
        }
        return availability instanceof Availability.Available ? "yes" : "no" + note(reason(availability));
    }

    /** Returns the number of the note {@code text}. */
    private String note(String text) {
        if (text.isEmpty()) {
            return "";
        }
        if (!notes.contains(text)) {
            notes.add(text);
        }
        return " [" + (notes.indexOf(text) + 1) + "]";
    }

    private void remarks(
            List<Judgement> judgements, List<BackendCandidate> broken, List<String> unlisted, Overrides overrides) {
        Set<String> names = new LinkedHashSet<>();
        judgements.forEach(each -> names.add(each.name()));
        broken.forEach(each -> names.add(each.name()));
        if (names.isEmpty()) {
            page.append("no backend found; put runtime-nio or runtime-native on the class path or module path\n");
        }
        unlisted.forEach(provider -> wrap("", unlisted(provider)));
        Set<String> unknown = new LinkedHashSet<>(overrides.avoided());
        unknown.removeAll(names);
        if (!unknown.isEmpty()) {
            wrap("", overrides.avoidedFrom() + " names unknown backends: " + unknown);
        }
        if (overrides.backend() != null && !names.contains(overrides.backend())) {
            wrap("", overrides.backendFrom() + " asks for an unknown backend: " + overrides.backend());
        }
    }

    private void notes() {
        if (!notes.isEmpty()) {
            page.append('\n');
        }
        for (int i = 0; i < notes.size(); i++) {
            wrap("[" + (i + 1) + "] ", notes.get(i));
        }
    }

    private void capabilities(List<Judgement> judgements) {
        if (judgements.isEmpty()) {
            return;
        }
        page.append("\nCAPABILITIES\n");
        int widest =
                judgements.stream().mapToInt(each -> each.name().length()).max().orElse(0);
        for (Judgement each : judgements) {
            String name = each.name() + " ".repeat(widest - each.name().length() + 2);
            wrap(
                    name,
                    each.capabilities().stream().sorted().map(Capability::name).collect(Collectors.joining(" ")));
        }
    }

    /** Appends {@code text} after {@code head}, in lines that end before the page does, each below the first one. */
    private void wrap(String head, String text) {
        StringBuilder line = new StringBuilder(head);
        boolean begun = false;
        for (String word : text.split(" ", -1)) {
            if (begun && line.length() + 1 + word.length() > WIDTH) {
                page.append(line.toString().stripTrailing()).append('\n');
                line = new StringBuilder(" ".repeat(head.length()));
                begun = false;
            }
            line.append(begun ? " " : "").append(word);
            begun = true;
        }
        page.append(line.toString().stripTrailing()).append('\n');
    }

    private void append(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String cell = row.get(column);
                line.append(cell).append(" ".repeat(widths[column] - cell.length() + 2));
            }
            page.append(line.toString().stripTrailing()).append('\n');
        }
    }
}
