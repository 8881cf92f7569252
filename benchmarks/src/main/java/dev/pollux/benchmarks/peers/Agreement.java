package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether two runs agree: the quartiles of a figure in the one and in the other have something in common. */
final class Agreement {

    private Agreement() {}

    /** Reads what {@link Page} has written, by section, row and column. */
    static Map<String, Spread> read(Path file) throws IOException {
        Map<String, Spread> figures = new LinkedHashMap<>();
        List<String> lines = Files.readAllLines(file);
        for (String line : lines.subList(1, lines.size())) {
            int key = line.lastIndexOf('"') + 1;
            String[] numbers = line.substring(key + 1).split(",", -1);
            figures.put(
                    line.substring(0, key),
                    new Spread(
                            Double.parseDouble(numbers[0]),
                            Double.parseDouble(numbers[1]),
                            Double.parseDouble(numbers[2]),
                            Integer.parseInt(numbers[3])));
        }
        return figures;
    }

    /** Returns a table of the figures that do not agree, and how many do. */
    static String of(Map<String, Spread> before, List<Figure> after) {
        List<String> rows = new ArrayList<>();
        int common = 0;
        for (Figure figure : after) {
            Spread then = before.get(figure.key());
            if (then != null) {
                common++;
                Spread now = figure.spread();
                if (now.lower() > then.upper() || then.lower() > now.upper()) {
                    rows.add("| " + figure.key() + " | " + then.format(3) + " | " + now.format(3) + " |");
                }
            }
        }
        String all = (common - rows.size()) + " of " + common + " figures agree\n";
        return rows.isEmpty() ? all : all + "| figure | then | now |\n|---|---|---|\n" + String.join("\n", rows) + "\n";
    }
}
