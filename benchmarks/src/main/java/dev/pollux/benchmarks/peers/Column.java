package dev.pollux.benchmarks.peers;

import java.util.function.ToDoubleFunction;

/**
 * A column of a table.
 *
 * @param <L> a load
 * @param <S> what is measured
 * @param isRatio whether it shows the ratio to the first row, which itself shows its figure
 * @param unit of the figure; empty if it has none
 */
record Column<L, S>(String title, L load, ToDoubleFunction<S> figure, boolean isRatio, int decimals, String unit) {

    private static final int RATIO_DECIMALS = 3;

    /** Shows how a figure compares with that of the first row. */
    static <L, S> Column<L, S> ratio(String title, L load, ToDoubleFunction<S> figure, int decimals, String unit) {
        return new Column<>(title, load, figure, true, decimals, unit);
    }

    /** Shows a figure as it is. */
    static <L, S> Column<L, S> value(String title, L load, ToDoubleFunction<S> figure, int decimals) {
        return new Column<>(title, load, figure, false, decimals, "");
    }

    /** Returns how many decimals are shown; the first row of ratios shows {@link #decimals}. */
    int shownDecimals() {
        return isRatio ? RATIO_DECIMALS : decimals;
    }

    Spread spread(Results<L, S> results, String row, String reference) {
        Rounds<S> rounds = results.rounds(load, row);
        return isRatio ? rounds.ratioTo(results.rounds(load, reference), figure) : rounds.of(figure);
    }

    String cell(Results<L, S> results, String row, String reference) {
        if (isRatio && row.equals(reference)) {
            Spread own = results.rounds(load, row).of(figure);
            return own.isKnown() ? "1 = " + own.medianWith(decimals) + " " + unit : "–";
        }
        return spread(results, row, reference).format(shownDecimals());
    }
}
