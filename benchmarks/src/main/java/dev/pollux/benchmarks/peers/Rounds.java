package dev.pollux.benchmarks.peers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What one contestant did, round by round.
 *
 * @param samples one per round
 */
record Rounds<R>(String contestant, List<R> samples) {

    /** Takes one measurement. */
    @FunctionalInterface
    interface Measurement<R> {

        /** Returns what {@code contestant} did. */
        R of(String contestant) throws Exception;
    }

    /** Returns {@code names} with the reference in front, each once. */
    static List<String> withReference(List<String> names) {
        Set<String> all = new LinkedHashSet<>(List.of(Contestant.REFERENCE));
        all.addAll(names);
        return List.copyOf(all);
    }

    /**
     * Measures contestants in turn, so that what the machine does meanwhile touches all of them: every round begins with
     * another one, and every second round runs backwards.
     */
    static <R> List<Rounds<R>> interleave(List<String> contestants, int rounds, Measurement<R> measurement)
            throws Exception {
        List<Rounds<R>> all = new ArrayList<>();
        contestants.forEach(contestant -> all.add(new Rounds<>(contestant, new ArrayList<>())));
        for (int round = 0; round < rounds; round++) {
            List<Rounds<R>> order = new ArrayList<>(all);
            Collections.rotate(order, -round);
            if (round % 2 == 1) {
                Collections.reverse(order);
            }
            for (Rounds<R> next : order) {
                System.err.println("round " + (round + 1) + " of " + rounds + ": " + next.contestant());
                next.samples().add(measurement.of(next.contestant()));
            }
        }
        return all;
    }

    /** Returns the median and the extremes of {@code figure}. */
    Spread of(ToDoubleFunction<R> figure) {
        return Spread.of(samples.stream().mapToDouble(figure));
    }

    /** Compares round by round: what changed from one round to the next has touched both sides. */
    Spread ratioTo(Rounds<R> reference, ToDoubleFunction<R> figure) {
        return Spread.of(IntStream.range(0, samples.size())
                .mapToDouble(
                        i -> figure.applyAsDouble(samples.get(i)) / figure.applyAsDouble(reference.samples.get(i))));
    }
}
