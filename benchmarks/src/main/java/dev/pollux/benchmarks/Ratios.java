package dev.pollux.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs benchmarks in rounds, in each of which every side gets one JVM, and prints how the sides compare with one of them.
 *
 * <p>Run with {@code java -cp benchmarks/target/benchmarks.jar dev.pollux.benchmarks.Ratios jdk 5 DispatchBenchmark -p
 * load=1/100}: the side to compare with, the number of rounds, and whatever JMH takes on its command line. The table
 * has the median of the peer in the benchmark's unit, and for each other side the median of its ratio to the peer in
 * the same round, with the least and the greatest one. With {@code -prof gc} a second line has the bytes per operation.
 */
public final class Ratios {

    private static final String SIDE = "side";
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    /** The scores of one side, one per round; NaN if the round has failed. */
    private final Map<String, Map<String, double[]>> rows = new LinkedHashMap<>();

    private final String peer;
    private final int rounds;

    private Ratios(String peer, int rounds) {
        this.peer = peer;
        this.rounds = rounds;
    }

    /** Takes the peer, the rounds and JMH's own arguments. */
    public static void main(String[] args) throws CommandLineOptionException, RunnerException {
        if (args.length < 3) {
            throw new IllegalArgumentException("give a side to compare with, a number of rounds and what to run, "
                    + "for instance: jdk 5 DispatchBenchmark -p load=1/100");
        }
        Ratios ratios = new Ratios(args[0], Integer.parseInt(args[1]));
        Options options = new OptionsBuilder()
                .parent(new CommandLineOptions(Arrays.copyOfRange(args, 2, args.length)))
                .forks(1)
                .build();
        for (int round = 0; round < ratios.rounds; round++) {
            ratios.add(round, new Runner(options).run());
        }
        System.out.println();
        System.out.print(ratios.table());
    }

    private void add(int round, Collection<RunResult> results) {
        for (RunResult result : results) {
            BenchmarkParams params = result.getParams();
            if (!params.getParamsKeys().contains(SIDE)) {
                throw new IllegalArgumentException(params.getBenchmark() + " has no parameter named " + SIDE
                        + ", so there is nothing to compare; choose another benchmark");
            }
            String row = name(params);
            String side = params.getParam(SIDE);
            put(row + ", " + params.getTimeUnit().name().toLowerCase(Locale.ROOT), side, round, median(result));
            Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
            if (allocated != null) {
                put(row + ", bytes", side, round, allocated.getScore());
            }
        }
    }

    private void put(String row, String side, int round, double score) {
        rows.computeIfAbsent(row, absent -> new LinkedHashMap<>()).computeIfAbsent(side, absent -> unknown())[round] =
                score;
    }

    private double[] unknown() {
        double[] scores = new double[rounds];
        Arrays.fill(scores, Double.NaN);
        return scores;
    }

    private static String name(BenchmarkParams params) {
        String benchmark = params.getBenchmark();
        int method = benchmark.lastIndexOf('.');
        StringBuilder name = new StringBuilder(benchmark.substring(benchmark.lastIndexOf('.', method - 1) + 1));
        Map<String, String> others = new TreeMap<>();
        for (String key : params.getParamsKeys()) {
            if (!key.equals(SIDE)) {
                others.put(key, params.getParam(key));
            }
        }
        others.forEach((key, value) -> name.append(' ').append(key).append('=').append(value));
        return name.toString();
    }

    private static double median(RunResult result) {
        return result.getPrimaryResult().getStatistics().getPercentile(50);
    }

    private String table() {
        List<String> sides = new ArrayList<>();
        for (Map<String, double[]> scores : rows.values()) {
            for (String side : scores.keySet()) {
                if (!sides.contains(side) && !side.equals(peer)) {
                    sides.add(side);
                }
            }
        }
        StringBuilder table = new StringBuilder("| | " + peer);
        sides.forEach(side -> table.append(" | ").append(side));
        table.append(" |\n|").append("---|".repeat(sides.size() + 2)).append('\n');
        rows.forEach((row, scores) -> {
            double[] peers = scores.getOrDefault(peer, unknown());
            table.append("| ").append(row).append(" | ").append(number(median(peers)));
            for (String side : sides) {
                table.append(" | ").append(compare(row, scores.getOrDefault(side, unknown()), peers));
            }
            table.append(" |\n");
        });
        return table.toString();
    }

    private static String compare(String row, double[] scores, double[] peers) {
        if (row.endsWith("bytes")) {
            return number(median(scores));
        }
        double[] ratios = new double[scores.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = scores[i] / peers[i];
        }
        double[] known = known(ratios);
        return known.length == 0
                ? "-"
                : number(median(ratios)) + " (" + number(known[0]) + "-" + number(known[known.length - 1]) + ")";
    }

    private static double[] known(double[] values) {
        return Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
    }

    private static double median(double[] values) {
        double[] known = known(values);
        int half = known.length / 2;
        if (known.length == 0) {
            return Double.NaN;
        }
        return known.length % 2 == 1 ? known[half] : (known[half - 1] + known[half]) / 2;
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.0f", value);
    }
}
