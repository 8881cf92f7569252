package dev.pollux.benchmarks.peers;

import java.util.List;

/**
 * How much the parts of the page may measure.
 *
 * @param isQuick just enough to see that everything works; the figures mean nothing then
 * @param maxStarts how often a program is started at most
 * @param core what measured programs run on; negative for any
 * @param loadCore what their load runs on; negative for any
 */
record Effort(boolean isQuick, int maxStarts, int core, int loadCore) {

    private static final double MOMENT = 0.01;

    /** Returns a plan on {@link #core}. */
    Plan plan(int starts, int rounds, double seconds, double warmupSeconds) {
        return isQuick
                ? new Plan(1, 1, MOMENT, Math.min(warmupSeconds, MOMENT), core, loadCore)
                : new Plan(Math.min(starts, maxStarts), rounds, seconds, warmupSeconds, core, loadCore);
    }

    /** Returns a plan on all cores. */
    Plan unpinned(int starts, int rounds, double seconds, double warmupSeconds) {
        Plan pinned = plan(starts, rounds, seconds, warmupSeconds);
        return new Plan(pinned.forks(), pinned.rounds(), pinned.seconds(), pinned.warmupSeconds(), -1, -1);
    }

    /** Returns {@code full}, or {@code quick}. */
    <T> T choose(T full, T quick) {
        return isQuick ? quick : full;
    }

    /** Returns {@code all}, or just the first two if it is to be quick. */
    <T> List<T> some(List<T> all) {
        return isQuick ? all.subList(0, 2) : all;
    }
}
