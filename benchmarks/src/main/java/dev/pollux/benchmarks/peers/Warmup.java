package dev.pollux.benchmarks.peers;

import java.io.IOException;

/** Runs a program until the compilers of its JVM have come to rest: their work is not what is measured. */
final class Warmup {

    private static final int MAX_SLICES = 10;

    /** Compilers at rest still compile something now and then. */
    private static final double RESTING = 0.01;

    private Warmup() {}

    /** A part of the warm-up. */
    @FunctionalInterface
    interface Slice {

        /** Runs for this long, and returns how long the compilers have worked since the program was started. */
        long compileMillisAfter(double seconds) throws IOException, InterruptedException;
    }

    /** Runs for {@code seconds}, and up to five times as long if the compilers do not rest; not at all for 0. */
    static void run(String name, double seconds, Slice slice) throws IOException, InterruptedException {
        if (seconds <= 0) {
            return;
        }
        double part = seconds / 2;
        long before = slice.compileMillisAfter(part);
        for (int i = 1; i < MAX_SLICES; i++) {
            long after = slice.compileMillisAfter(part);
            if (after - before <= part * 1000 * RESTING) {
                return;
            }
            before = after;
        }
        System.err.println(name + ": compilers are still at work, and their work counts; use a longer --warmup");
    }
}
