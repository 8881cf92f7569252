package dev.pollux.benchmarks.peers;

/** A number of the page, by which two runs can be compared. */
record Figure(String table, String row, String column, Spread spread) {

    /** The header of what {@link #csv} returns. */
    static final String CSV_HEADER = "table,row,column,median,lower quartile,upper quartile,rounds";

    String csv() {
        return String.join(
                ",",
                key(),
                Double.toString(spread.median()),
                Double.toString(spread.lower()),
                Double.toString(spread.upper()),
                Integer.toString(spread.count()));
    }

    /** Returns what it is a figure of. */
    String key() {
        return String.join(",", quoted(table), quoted(row), quoted(column));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }
}
