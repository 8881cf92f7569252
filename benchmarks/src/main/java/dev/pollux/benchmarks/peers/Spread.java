package dev.pollux.benchmarks.peers;

import java.util.Locale;
import java.util.stream.DoubleStream;

/** The median of some figures, and how far they lie apart. */
record Spread(double median, double min, double max) {

    static Spread of(DoubleStream figures) {
        double[] sorted = figures.sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    String medianWith(int decimals) {
        return format(median, decimals);
    }

    String range() {
        return format(min, 2) + "–" + format(max, 2);
    }

    static String format(double figure, int decimals) {
        return Double.isNaN(figure) ? "–" : String.format(Locale.ROOT, "%." + decimals + "f", figure);
    }
}
