package dev.pollux.examples;

import dev.pollux.BackendCandidate;
import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Selectors;
import dev.pollux.loop.EventLoop;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs an echo server on every backend there is, with hundreds of connections, then one that goes from backend to backend
 * while it serves, and shows that no byte gets lost.
 *
 * <p>Run it with {@code mvn -q -B compile exec:exec -pl examples -am}. Watch for the table at the end: the same server
 * code ran on each of the backends in it. Its figures come from one short run with both ends in one JVM, so they show
 * that a backend works rather than how fast it is. Below it is what one server did that was swapped to another backend
 * every 10 ms, with all its connections open. {@code --help} lists what else it can do.
 */
@Command(
        name = "demo",
        sortOptions = false,
        usageHelpWidth = 100,
        description = "Runs an echo server on every backend, or with --serve on one until interrupted.")
public final class DemoTour implements Callable<Integer> {

    private static final int DEFAULT_CONNECTIONS = 500;
    private static final int MOST_CONNECTIONS = 20_000;
    private static final double DEFAULT_SECONDS = 1.5;
    private static final double MOST_SECONDS = 3600;
    /** Few enough for each backend, also for select(2). */
    private static final int SWAP_CONNECTIONS = 200;

    private static final Duration SWAP_PERIOD = Duration.ofMillis(10);

    private static final int MAX_PORT = 65_535;

    /** For each step of a run: plenty for any machine, and still no hang. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Option(
            names = "--serve",
            paramLabel = "PORT",
            description = "Serve echo on 127.0.0.1:PORT until Ctrl-C; 0 takes a free port and prints it.")
    private @Nullable Integer port;

    @Option(names = "--backend", paramLabel = "NAME", description = "Use this backend only.")
    private @Nullable String backend;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Connections to open on each backend, " + DEFAULT_CONNECTIONS + " by default.")
    private @Nullable Integer connections;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Time to measure on each backend, " + DEFAULT_SECONDS
                    + " by default; three times as long for the swaps between them.")
    private @Nullable Double seconds;

    @SuppressWarnings("UnusedVariable") // picocli looks at the annotation only
    @Option(names = "--help", usageHelp = true, description = "Print this.")
    private boolean help;

    private final PrintWriter out;
    private final boolean terminal;

    private DemoTour(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Runs the tour; see {@code --help}. */
    @SuppressWarnings("SystemConsoleNull") // it is null without a terminal, on JDK 17 and from JDK 25 on
    public static void main(String[] args) {
        Console console = System.console();
        PrintWriter out = new PrintWriter(System.out, true, charset("stdout.encoding"));
        PrintWriter err = new PrintWriter(System.err, true, charset("stderr.encoding"));
        System.exit(run(out, err, console != null, args));
    }

    /** Java 17 has no such property, and prints in its default charset. */
    private static Charset charset(String property) {
        String name = System.getProperty(property);
        return name == null ? Charset.defaultCharset() : Charset.forName(name);
    }

    /**
     * Runs the tour and returns the exit code: 0 if all went well, 1 if something did not, 2 if the arguments are wrong.
     *
     * @param terminal whether a line may be written over and over
     */
    static int run(PrintWriter out, PrintWriter err, boolean terminal, String... args) {
        return new CommandLine(new DemoTour(out, terminal))
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    err.println(e.getMessage());
                    if (e instanceof WrongArgumentException) {
                        command.usage(err);
                        return CommandLine.ExitCode.USAGE;
                    }
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(args);
    }

    @Override
    public Integer call() throws IOException {
        checkArguments();
        return port == null ? tour() : serve(port);
    }

    private void checkArguments() {
        checkRange("--serve", port, 0, MAX_PORT);
        checkRange("--connections", connections, 1, MOST_CONNECTIONS);
        if (seconds != null && !(seconds > 0 && seconds <= MOST_SECONDS)) {
            throw new WrongArgumentException(
                    "Invalid value for option '--seconds': " + seconds + " is not above 0 and up to " + MOST_SECONDS);
        }
        if (port != null && (connections != null || seconds != null)) {
            throw new WrongArgumentException(
                    "--serve goes on until Ctrl-C for other clients; leave out --connections and --seconds");
        }
    }

    private static void checkRange(String option, @Nullable Integer value, int least, int most) {
        if (value != null && (value < least || value > most)) {
            throw new WrongArgumentException("Invalid value for option '" + option + "': " + value + " is not between "
                    + least + " and " + most);
        }
    }

    private int tour() throws IOException {
        Duration duration = Duration.ofNanos((long) ((seconds == null ? DEFAULT_SECONDS : seconds) * 1e9));
        Set<String> names = backendsToShow();
        out.println("An echo server on each backend, and what each does in " + duration.toMillis() / 1e3 + " s.");
        out.println();
        out.println(Selectors.explain());
        List<Measurement> results = new ArrayList<>();
        for (String name : names) {
            int count = connections == null ? defaultConnections(name) : connections;
            out.printf(Locale.ROOT, "%s: %,d connections for %.1f s%n", name, count, duration.toMillis() / 1e3);
            results.add(measure(name, count, duration));
        }
        out.println();
        out.print(table(results));
        out.println();
        boolean clean = results.stream().allMatch(Measurement::isClean);
        if (names.size() > 1) {
            clean &= swapLive(List.copyOf(names), duration.multipliedBy(3));
            out.println();
        }
        out.println(clean ? "Every byte came back on every backend." : "FAILED: not every backend did what it should.");
        return clean ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    /** Lets one server go from backend to backend under load. Returns whether all went well. */
    private boolean swapLive(List<String> names, Duration duration) throws IOException {
        int count = Math.min(SWAP_CONNECTIONS, connections == null ? SWAP_CONNECTIONS : connections);
        out.printf(
                Locale.ROOT,
                "one server, %,d connections, for %.1f s another backend every %d ms: %s%n",
                count,
                duration.toMillis() / 1e3,
                SWAP_PERIOD.toMillis(),
                String.join(", ", names));
        EventLoop loop = EventLoop.builder()
                .backend(names.get(0))
                .threadName("echo-swapped")
                .open();
        SwapRun run = SwapRun.take(loop, names, SWAP_PERIOD, count, duration, LIMIT, this::tellProgress);
        eraseProgress();
        out.printf(
                Locale.ROOT,
                "  %,d swaps, %,d messages, %,d bytes echoed, %,d bytes lost%n"
                        + "  longest pause %.1f ms, from asking for a swap until the loop went on with the other backend%n"
                        + "  open descriptors, files aside: %,d before, %,d after%n",
                run.swaps(),
                run.messages(),
                run.bytesEchoed(),
                run.bytesLost(),
                run.longestPauseNanos() / 1e6,
                run.descriptorsBefore().total(),
                run.descriptorsAfter().total());
        if (run.problem() != null) {
            out.println("  PROBLEM: " + run.problem());
        }
        return run.isClean();
    }

    /** select(2) watches descriptors below 1024 only, and both ends of every connection are in this process. */
    private static int defaultConnections(String backend) {
        return backend.equals("select") ? DEFAULT_CONNECTIONS - 50 : DEFAULT_CONNECTIONS;
    }

    /** Returns the backend asked for, or else all that watch Java channels, the one that is taken by default first. */
    private Set<String> backendsToShow() throws IOException {
        Set<String> names = new LinkedHashSet<>();
        try (EventSelector first = openSelector()) {
            names.add(first.backend());
        }
        if (backend == null) {
            Selectors.backends().stream()
                    .filter(candidate ->
                            candidate.isAvailable() && candidate.capabilities().contains(Capability.JAVA_CHANNELS))
                    .map(BackendCandidate::name)
                    .forEach(names::add);
        }
        return names;
    }

    private EventSelector openSelector() throws IOException {
        try {
            return backend == null ? Selectors.open() : Selectors.open(backend);
        } catch (IllegalArgumentException unknown) {
            throw new WrongArgumentException(String.valueOf(unknown.getMessage()));
        }
    }

    private Measurement measure(String name, int count, Duration duration) {
        EventLoop loop;
        try {
            loop = EventLoop.builder().backend(name).threadName("echo-" + name).open();
        } catch (IOException e) {
            return Measurement.failed(name, e);
        }
        Measurement result = Measurement.take(loop, count, duration, LIMIT, this::tellProgress);
        eraseProgress();
        out.printf(Locale.ROOT, "%,14d messages%n", result.messages());
        return result;
    }

    private void tellProgress(long messages) {
        if (terminal) {
            out.printf(Locale.ROOT, "\r%,14d messages ", messages);
        }
    }

    private void eraseProgress() {
        if (terminal) {
            out.printf("\r%25s\r", "");
        }
    }

    private static String table(List<Measurement> results) {
        StringBuilder table = new StringBuilder(String.format(
                "%-10s %11s %12s %11s %14s %10s%s%n",
                "BACKEND",
                "CONNECTIONS",
                "MESSAGES",
                "MESSAGES/S",
                "CPU \u00b5s/MESSAGE",
                "BYTES LOST",
                results.stream().allMatch(Measurement::isClean) ? "" : "  PROBLEM"));
        for (Measurement m : results) {
            double cpuMicros = m.cpuMicrosPerMessage();
            table.append(String.format(
                    Locale.ROOT,
                    "%-10s %,11d %,12d %,11.0f %14s %,10d%s%n",
                    m.backend(),
                    m.connections(),
                    m.messages(),
                    m.messagesPerSecond(),
                    Double.isNaN(cpuMicros) ? "-" : String.format(Locale.ROOT, "%.2f", cpuMicros),
                    m.bytesLost(),
                    m.problem() == null ? "" : "  " + m.problem()));
        }
        return table.toString();
    }

    private int serve(int wantedPort) throws IOException {
        try (EventLoop loop = EventLoop.builder()
                        .selector(openSelector())
                        .threadName("echo")
                        .open();
                EchoServer server = EchoServer.start(loop, wantedPort)) {
            Thread closer = new Thread(() -> close(server, loop), "echo-closer");
            Runtime.getRuntime().addShutdownHook(closer);
            Thread thread = loop.start();
            int port = server.address().getPort();
            out.println(loop.backend() + " echoes on port " + port + " until Ctrl-C; try: nc 127.0.0.1 " + port);
            try {
                thread.join();
                return CommandLine.ExitCode.SOFTWARE;
            } catch (InterruptedException stop) {
                Runtime.getRuntime().removeShutdownHook(closer);
                return CommandLine.ExitCode.OK;
            }
        } catch (BindException e) {
            throw new IOException("cannot listen on port " + wantedPort + ": " + e.getMessage(), e);
        }
    }

    private static void close(EchoServer server, EventLoop loop) {
        server.close();
        loop.close();
    }

    /** A value that no run can make sense of. */
    private static final class WrongArgumentException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        WrongArgumentException(String message) {
            super(message);
        }
    }
}
