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
 * Compares TCP echo servers: the CPU time that the server's process spends per request, relative to a C program that does
 * the same with epoll(7).
 *
 * <p>From the root of the repository:
 *
 * {@snippet lang=shell :
 * mvn -q -B -DskipTests package exec:exec -pl benchmarks -am -Dexec.args="--connections 1,64,1000 --size 64,16384"
 * }
 *
 * <p>or, with a JDK 25 and a jar that is built already,
 *
 * {@snippet lang=shell :
 * java -cp benchmarks/target/benchmarks.jar dev.pollux.benchmarks.peers.EchoComparison --connections 64
 * }
 *
 * <p>Server and load are processes of their own, each on one core; every server is started anew for each measurement, has
 * one loop thread, and gets the same load from the same C program. Rounds are interleaved: each measures every server
 * once, in another order, and a ratio compares two measurements of one round. Prints a table per size and number of
 * connections. Linux only; needs gcc, and taskset unless {@code --no-pinning}.
 */
@Command(
        name = "EchoComparison",
        description = "Compares echo servers with a C program, round by round.",
        sortOptions = false)
public final class EchoComparison implements Callable<Integer> {

    /** Enough for two digits after the point. */
    private static final int TRACED_REQUESTS = 20_000;

    @Option(
            names = "--servers",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Compare these with c: pollux-native, pollux-channels (both on epoll, or @poll, @nio, ... where "
                            + "that can watch them), ffm, jdk, netty-nio, netty-epoll. Default: ${DEFAULT-VALUE}.")
    private List<String> servers = List.of("pollux-native", "pollux-channels", "jdk", "netty-nio", "netty-epoll");

    @Option(
            names = "--connections",
            paramLabel = "N",
            split = ",",
            description = "Load with this many connections. Default: ${DEFAULT-VALUE}.")
    private List<Integer> connections = List.of(1, 64, 1000);

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            split = ",",
            description = "Send messages of this size. Default: ${DEFAULT-VALUE}.")
    private List<Integer> sizes = List.of(64);

    @Option(names = "--strace", description = "Also count system calls, in a run of their own.")
    private boolean strace;

    @Mixin
    private ComparisonOptions options = new ComparisonOptions();

    private EchoComparison() {}

    /** Runs the comparison. */
    public static void main(String[] args) {
        ComparisonOptions.run(new EchoComparison(), args);
    }

    /** What one server did in one round. */
    private record Sample(EchoLoad.Result result, double bytesPerRequest) {

        double cpuMicros() {
            return result.cpuNanos() / 1e3 / result.requests();
        }

        double requestsPerSecond() {
            return result.requests() * 1e9 / result.elapsedNanos();
        }
    }

    @Override
    public Integer call() throws Exception {
        if (strace && !Tools.find("strace")) {
            System.err.println("strace is not on the PATH: system calls are not counted");
            strace = false;
        }
        return Tools.inTemporaryDirectory(directory -> {
            Programs programs = Programs.compile(directory);
            List<String> names = Rounds.withReference(servers);
            for (int size : sizes) {
                for (int count : connections) {
                    List<Rounds<Sample>> results = Rounds.interleave(
                            names,
                            options.rounds(),
                            name -> programs.with(
                                    name, options, count, size, (server, load) -> measure(name, server, load)));
                    printTable(results, count, size, name -> systemCalls(programs, name, count, size, directory));
                }
            }
            return 0;
        });
    }

    private Sample measure(String name, Child server, EchoLoad load) throws IOException, InterruptedException {
        Warmup.run(name, options.warmupSeconds(), seconds -> {
            load.run(seconds);
            return Account.of(server).compileMillis();
        });
        Account before = Account.of(server);
        EchoLoad.Result result = load.run(options.seconds());
        Account after = Account.of(server);
        long bytes = after.allocatedBytes() - before.allocatedBytes();
        return new Sample(result, before.allocatedBytes() < 0 ? Double.NaN : (double) bytes / result.requests());
    }

    /**
     * What a server says of itself, asked outside the measured time.
     *
     * @param allocatedBytes by its loop thread so far; negative if that is not known
     * @param compileMillis how long the compilers of its JVM have worked so far
     */
    private record Account(long allocatedBytes, long compileMillis) {

        static Account of(Child server) throws IOException, InterruptedException {
            long[] numbers = server.askNumbers("account", Duration.ZERO);
            return new Account(numbers[0], numbers[1]);
        }
    }

    private double systemCalls(Programs programs, String name, int count, int size, Path directory) throws Exception {
        if (!strace) {
            return Double.NaN;
        }
        return programs.with(name, options, count, size, (server, load) -> {
            load.run(0.2);
            try {
                return SystemCalls.perRequest(server, load, TRACED_REQUESTS, directory);
            } catch (IOException e) {
                System.err.println("system calls of " + name + " are not counted: " + e.getMessage());
                return Double.NaN;
            }
        });
    }

    private static void printTable(
            List<Rounds<Sample>> results, int count, int size, Rounds.Measurement<Double> systemCalls)
            throws Exception {
        System.out.printf("%n### %d connections, messages of %d bytes%n%n", count, size);
        System.out.println("| server | CPU per request / C | min–max | µs | requests/s | p50 / C | p99 / C "
                + "| bytes allocated per request | system calls per request |");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
        Rounds<Sample> c = results.get(0);
        for (Rounds<Sample> rounds : results) {
            Spread cpu = rounds.ratioTo(c, Sample::cpuMicros);
            System.out.printf(
                    "| %s | %s | %s | %s | %s | %s | %s | %s | %s |%n",
                    rounds.contestant(),
                    cpu.medianWith(3),
                    cpu.range(),
                    rounds.of(Sample::cpuMicros).medianWith(2),
                    rounds.of(Sample::requestsPerSecond).medianWith(0),
                    rounds.ratioTo(c, sample -> sample.result().p50Nanos()).medianWith(2),
                    rounds.ratioTo(c, sample -> sample.result().p99Nanos()).medianWith(2),
                    rounds.of(Sample::bytesPerRequest).medianWith(1),
                    Spread.format(systemCalls.of(rounds.contestant()), 2));
        }
    }

    /** What to do with a server under load. */
    @FunctionalInterface
    interface Use<R> {

        /** Does it. */
        R of(Child server, EchoLoad load) throws IOException, InterruptedException;
    }

    /**
     * The C programs.
     *
     * @param server the one that the others are compared with
     * @param load what all of them are loaded with
     */
    record Programs(Path server, Path load) {

        static Programs compile(Path directory) throws IOException, InterruptedException {
            return new Programs(CProgram.compile("echo_epoll", directory), CProgram.compile("echo_load", directory));
        }

        /** Returns what runs the server {@code name} at a free port. */
        List<String> serverCommand(String name) {
            return name.equals(Contestant.REFERENCE)
                    ? List.of(server.toString(), "0")
                    : Child.java(EchoServer.class, name, "0");
        }

        /** Starts the server {@code name}, connects the load, and ends both after {@code use}. */
        <R> R with(String name, ComparisonOptions options, int connections, int size, Use<R> use)
                throws IOException, InterruptedException {
            try (Child child = Child.start(options.core(), serverCommand(name))) {
                int port = Integer.parseInt(child.answer());
                try (EchoLoad connected = EchoLoad.connect(load, options.loadCore(), port, child, connections, size)) {
                    return use.of(child, connected);
                }
            }
        }
    }
}
