package dev.pollux.tck.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules of the contract as {@code docs/spec.md} has them: every row of its tables that begins with an id. The kit
 * carries a copy of that page.
 *
 * @param entries the rules in the page's order
 */
public record Specification(List<Entry> entries) {

    private static final Pattern RULE = Pattern.compile("\\| [A-Z]+-\\d+ \\|.*");
    private static final Pattern ROW =
            Pattern.compile("\\| (\\S+) \\| (MUST|SHOULD|MAY) \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|");

    /**
     * One rule.
     *
     * @param level MUST, SHOULD or MAY
     * @param text what must hold
     * @param intent what for
     * @param status whether tests look for breaches, see the page
     */
    public record Entry(String id, String level, String text, String intent, String status) {

        /** Returns whether the tests of the kit look for breaches, if any tests do. */
        boolean isOfKit() {
            return !status.contains("(");
        }
    }

    public Specification {
        entries = List.copyOf(entries);
    }

    /** Returns the rules that this kit tests. */
    public static Specification ofKit() {
        return Kit.SPECIFICATION;
    }

    /**
     * Returns the rules of {@code page}.
     *
     * @throws IllegalArgumentException if a row with an id is not made of five cells as the page's head says
     */
    public static Specification parse(String page) {
        return new Specification(page.lines()
                .filter(line -> RULE.matcher(line).matches())
                .map(Specification::entry)
                .toList());
    }

    private static Entry entry(String row) {
        Matcher cells = ROW.matcher(row);
        if (!cells.matches()) {
            throw new IllegalArgumentException("not a row of id, MUST, SHOULD or MAY, rule, intent and status: " + row);
        }
        return new Entry(cells.group(1), cells.group(2), cells.group(3), cells.group(4), cells.group(5));
    }

    public Optional<Entry> find(String id) {
        return entries.stream().filter(entry -> entry.id().equals(id)).findFirst();
    }

    private static final class Kit {

        static final Specification SPECIFICATION = read();

        private static Specification read() {
            try (InputStream page = Specification.class.getResourceAsStream("spec.md")) {
                Objects.requireNonNull(page, "spec.md is missing from the kit");
                return parse(new String(page.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException("reading the kit's spec.md", e);
            }
        }
    }
}
