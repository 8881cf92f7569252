package dev.pollux.benchmarks.peers;

/** A number of the page, by which two runs can be compared. */
record Figure(String section, String row, String column, Spread spread) {

    /** The header of what {@link #csv} returns. */
    static final String CSV_HEADER = "section,row,column,median,lower quartile,upper quartile,rounds";

    String csv() {
        return String.join(
                ",",
                quoted(section),
                quoted(row),
                quoted(column),
                Double.toString(spread.median()),
                Double.toString(spread.lower()),
                Double.toString(spread.upper()),
                Integer.toString(spread.count()));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }
}
