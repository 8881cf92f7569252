package dev.pollux.benchmarks.peers;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** What one contestant did with one load, round by round. A round that failed is missing. */
final class Rounds<S> {

    private final SortedMap<Integer, S> samples = new TreeMap<>();

    void add(int round, S sample) {
        samples.put(round, sample);
    }

    /** Returns how {@code figure} is spread over the rounds. */
    Spread of(ToDoubleFunction<S> figure) {
        return Spread.of(samples.values().stream().mapToDouble(figure));
    }

    /** Compares round by round: what changed from one round to the next has touched both sides. */
    Spread ratioTo(Rounds<S> reference, ToDoubleFunction<S> figure) {
        return Spread.of(samples.entrySet().stream()
                .filter(entry -> reference.samples.containsKey(entry.getKey()))
                .mapToDouble(entry -> figure.applyAsDouble(entry.getValue())
                        / figure.applyAsDouble(reference.samples.get(entry.getKey()))));
    }
}
