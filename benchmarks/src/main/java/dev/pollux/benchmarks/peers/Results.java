package dev.pollux.benchmarks.peers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What all contestants did.
 *
 * @param <L> a load
 * @param <S> what is measured
 */
final class Results<L, S> {

    private final Map<L, Map<String, Rounds<S>>> rounds = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    void add(L load, String contestant, int round, S sample) {
        rounds.computeIfAbsent(load, absent -> new LinkedHashMap<>())
                .computeIfAbsent(contestant, absent -> new Rounds<>())
                .add(round, sample);
    }

    void addFailure(String failure) {
        if (!failures.contains(failure)) {
            failures.add(failure);
        }
    }

    /** Returns what {@code contestant} did with {@code load}; nothing, if it did nothing. */
    Rounds<S> rounds(L load, String contestant) {
        return rounds.getOrDefault(load, Map.of()).getOrDefault(contestant, new Rounds<>());
    }

    /** Returns what went wrong, one line each. */
    List<String> failures() {
        return List.copyOf(failures);
    }
}
