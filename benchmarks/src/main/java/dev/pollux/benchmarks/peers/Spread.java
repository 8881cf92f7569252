package dev.pollux.benchmarks.peers;

import java.util.Locale;
import java.util.stream.DoubleStream;

/** The median of some figures, and its quartiles: half of all lie between them. All NaN if there are no figures. */
record Spread(double median, double lower, double upper, int count) {

    static Spread of(DoubleStream figures) {
        double[] sorted =
                figures.filter(figure -> !Double.isNaN(figure)).sorted().toArray();
        return new Spread(quantile(sorted, 0.5), quantile(sorted, 0.25), quantile(sorted, 0.75), sorted.length);
    }

    /** Between two figures, in a straight line. */
    private static double quantile(double[] sorted, double part) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double at = part * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    /** Returns what {@link #format} shows of it. */
    Spread rounded(int decimals) {
        return new Spread(rounded(median, decimals), rounded(lower, decimals), rounded(upper, decimals), count);
    }

    private static double rounded(double figure, int decimals) {
        double unit = Math.pow(10, decimals);
        return Math.rint(figure * unit) / unit;
    }

    boolean isKnown() {
        return count > 0;
    }

    /** Returns the median and, in parentheses, the quartiles. */
    String format(int decimals) {
        return isKnown()
                ? format(median, decimals) + " (" + format(lower, decimals) + "–" + format(upper, decimals) + ")"
                : "–";
    }

    String medianWith(int decimals) {
        return format(median, decimals);
    }

    static String format(double figure, int decimals) {
        return Double.isNaN(figure) ? "–" : String.format(Locale.ROOT, "%." + decimals + "f", figure);
    }
}
