package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Compares dispatching: the CPU time that a loop's thread spends per event when some of many pipes are always ready,
 * relative to a C program that does the same with epoll(7).
 *
 * <p>From the root of the repository:
 *
 * {@snippet lang=shell :
 * mvn -q -B -DskipTests package exec:exec -pl benchmarks -am -Dcomparison=DispatchComparison
 * }
 *
 * <p>or, with a JDK 25 and a jar that is built already,
 *
 * {@snippet lang=shell :
 * java -cp benchmarks/target/benchmarks.jar dev.pollux.benchmarks.peers.DispatchComparison --registered 100,10000 --ready 1
 * }
 *
 * <p>Measured as by {@link EchoComparison}. Callbacks only count, and nothing is read, so that every source stays ready.
 */
@Command(
        name = "DispatchComparison",
        description = "Compares the dispatching of events with a C program, round by round.",
        sortOptions = false)
public final class DispatchComparison implements Callable<Integer> {

    @Option(
            names = "--loops",
            paramLabel = "NAME",
            split = ",",
            description = "Compare these with c: pollux-selector and pollux-loop (on epoll, or @poll, @nio, ...), jdk, "
                    + "netty-epoll. Default: ${DEFAULT-VALUE}.")
    private List<String> loops = List.of("pollux-selector", "pollux-loop", "jdk", "netty-epoll");

    @Option(
            names = "--registered",
            paramLabel = "N",
            split = ",",
            description = "Watch this many pipes, of two descriptors each. Default: ${DEFAULT-VALUE}.")
    private List<Integer> registered = List.of(1000);

    @Option(
            names = "--ready",
            paramLabel = "N",
            split = ",",
            description = "Keep this many of them ready. Default: ${DEFAULT-VALUE}.")
    private List<Integer> ready = List.of(1, 64, 1000);

    @Mixin
    private ComparisonOptions options = new ComparisonOptions();

    private DispatchComparison() {}

    /** Runs the comparison. */
    public static void main(String[] args) {
        ComparisonOptions.run(new DispatchComparison(), args);
    }

    /**
     * What one loop did in one run.
     *
     * @param compileMillis how long the compilers of its JVM have worked, since its start
     */
    record Sample(long events, long cpuNanos, long compileMillis) {

        double cpuNanosPerEvent() {
            return (double) cpuNanos / events;
        }
    }

    @Override
    public Integer call() throws Exception {
        return Tools.inTemporaryDirectory(directory -> {
            Path program = CProgram.compile("dispatch_epoll", directory);
            List<String> names = Rounds.withReference(loops);
            for (int watched : registered) {
                for (int active : ready) {
                    if (active <= watched) {
                        printTable(
                                Rounds.interleave(
                                        names, options.rounds(), name -> measure(program, name, watched, active)),
                                watched,
                                active);
                    }
                }
            }
            return 0;
        });
    }

    private Sample measure(Path program, String name, int watched, int active)
            throws IOException, InterruptedException {
        try (Child loop = start(program, options.core(), name, watched, active)) {
            Warmup.run(
                    name, options.warmupSeconds(), seconds -> run(loop, seconds).compileMillis());
            return run(loop, options.seconds());
        }
    }

    /** Starts the loop {@code name}, and returns it when it is dispatching. */
    static Child start(Path program, int core, String name, int watched, int active)
            throws IOException, InterruptedException {
        String all = Integer.toString(watched);
        String some = Integer.toString(active);
        Child loop = Child.start(
                core,
                name.equals(Contestant.REFERENCE)
                        ? List.of(program.toString(), all, some)
                        : Child.java(DispatchLoop.class, name, all, some));
        try {
            loop.answer();
            return loop;
        } catch (IOException | InterruptedException e) {
            loop.close();
            throw e;
        }
    }

    /** Returns what {@code loop} does in this time. */
    static Sample run(Child loop, double seconds) throws IOException, InterruptedException {
        long[] numbers = loop.askNumbers("seconds " + seconds, Duration.ofMillis((long) (seconds * 1000)));
        return new Sample(numbers[0], numbers[1], numbers[2]);
    }

    private static void printTable(List<Rounds<Sample>> results, int watched, int active) {
        System.out.printf("%n### %d pipes, %d of them ready%n%n", watched, active);
        System.out.println("| loop | CPU per event / C | min–max | ns |");
        System.out.println("|---|---|---|---|");
        for (Rounds<Sample> rounds : results) {
            Spread cpu = rounds.ratioTo(results.get(0), Sample::cpuNanosPerEvent);
            System.out.printf(
                    "| %s | %s | %s | %s |%n",
                    rounds.contestant(),
                    cpu.medianWith(3),
                    cpu.range(),
                    rounds.of(Sample::cpuNanosPerEvent).medianWith(1));
        }
    }
}
