package dev.pollux.benchmarks.peers;

import java.util.List;

/**
 * Lines in a coordinate system.
 *
 * @param fileName without its directory
 * @param xTitle with its unit
 * @param yTitle with its unit
 * @param isLogarithmic both axes, or none
 */
record Chart(String fileName, String title, String xTitle, String yTitle, boolean isLogarithmic, List<Line> lines) {

    /** A line with a marker at each point. */
    record Line(String name, List<Double> x, List<Double> y) {}
}
