package dev.pollux.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Lines in a coordinate system.
 *
 * @param fileName without its directory
 * @param xTitle with its unit
 * @param yTitle with its unit
 * @param isLogarithmic both axes, or none
 */
record Chart(String fileName, String title, String xTitle, String yTitle, boolean isLogarithmic, List<Line> lines) {

    /** Makes a line per contestant, of the medians; one that did nothing has none. */
    static <L, S> List<Line> lines(
            Results<L, S> results,
            List<String> contestants,
            List<L> loads,
            ToDoubleFunction<L> x,
            ToDoubleFunction<S> y) {
        List<Line> lines = new ArrayList<>();
        for (String contestant : contestants) {
            Line line = new Line(contestant, new ArrayList<>(), new ArrayList<>());
            for (L load : loads) {
                Spread spread = results.rounds(load, contestant).of(y);
                if (spread.isKnown()) {
                    line.x().add(x.applyAsDouble(load));
                    line.y().add(spread.median());
                }
            }
            if (!line.x().isEmpty()) {
                lines.add(line);
            }
        }
        return lines;
    }

    /** A line with a marker at each point. */
    record Line(String name, List<Double> x, List<Double> y) {}
}
