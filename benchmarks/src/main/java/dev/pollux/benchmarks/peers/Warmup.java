package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.util.function.LongSupplier;

/** Runs a program until the compilers of its JVM have come to rest: their work is not what is measured. */
final class Warmup {

    /** In how many the time is cut at whose ends the compilers are looked at. */
    private static final int SLICES = 4;

    private static final int MOST = 5;

    /** Compilers at rest still compile something now and then. */
    private static final double RESTING = 0.01;

    private Warmup() {}

    /** A part of the warm-up. */
    @FunctionalInterface
    interface Slice {

        /** Runs for this long or longer, and returns how long the compilers have worked since the program was started. */
        long compileMillisAfter(double seconds) throws IOException, InterruptedException;
    }

    /**
     * Runs for {@code seconds}, and up to five times as long if the compilers do not rest; not at all for 0. A program without
     * compilers runs for a part of it, which fills the caches of the machine.
     */
    static void run(String name, double seconds, Slice slice) throws IOException, InterruptedException {
        run(name, seconds, System::nanoTime, slice);
    }

    /** The same by a clock. */
    static void run(String name, double seconds, LongSupplier clock, Slice slice)
            throws IOException, InterruptedException {
        if (seconds <= 0) {
            return;
        }
        double nanos = seconds * 1e9;
        long begin = clock.getAsLong();
        long compiled = slice.compileMillisAfter(seconds / SLICES);
        if (compiled == 0) {
            return;
        }
        long before = clock.getAsLong();
        while (before - begin < MOST * nanos) {
            long compiledAfter = slice.compileMillisAfter(seconds / SLICES);
            long after = clock.getAsLong();
            if (after - begin >= nanos && (compiledAfter - compiled) * 1e6 <= (after - before) * RESTING) {
                return;
            }
            compiled = compiledAfter;
            before = after;
        }
        System.err.println(name + ": compilers are still at work, and their work counts; use a longer --warmup");
    }
}
