package dev.pollux.simulation;

import java.util.Map;

/**
 * What came of a simulation.
 *
 * @param about what the seed was about
 * @param violations by kind
 * @param lastSteps the end of the trace
 */
public record Outcome(long seed, String about, int steps, long hash, Map<String, String> violations, String lastSteps) {

    /** Returns whether all was as it should be. */
    public boolean isGood() {
        return violations.isEmpty();
    }

    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder("seed " + seed + ": " + about + ", " + steps + " steps, trace " + hash + "\n");
        violations.forEach(
                (kind, detail) -> text.append(kind).append(": ").append(detail).append('\n'));
        return text.append("the last steps:\n").append(lastSteps).toString();
    }
}
