package dev.pollux.examples;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Serves the same echo work by each way there is to serve many connections, and compares what that costs: threads that block,
 * virtual threads, busy polling, select, poll, nio, epoll and the operations of io_uring.
 *
 * <p>Run it with {@code mvn -q -B compile exec:exec -pl examples -am -Dexample=IoModels}. Every server is a process of its own, so
 * what it uses is its own; the load is the same for each. Watch for the differences between them rather than for the
 * figures, which are of one short run on a machine that also makes the load. {@code docs/io-models.md} explains the models.
 */
@Command(
        name = "io-models",
        sortOptions = false,
        usageHelpWidth = 100,
        description = "Compares the ways to serve many connections, and draws a chart.")
public final class IoModels implements Callable<Integer> {

    private static final int MOST_CONNECTIONS = 5_000;
    private static final double MOST_SECONDS = 600;

    /** For each step of a run: plenty for any machine, and still no hang. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Option(
            names = "--models",
            paramLabel = "NAME",
            split = ",",
            description = "Only these of ${COMPLETION-CANDIDATES}, separated by commas.")
    private List<IoModel> models = List.of(IoModel.values());

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "500",
            description = "Connections to open to each server, ${DEFAULT-VALUE} by default.")
    private int connections;

    @Option(
            names = "--talking",
            paramLabel = "N",
            description = "How many of them send messages, a tenth by default; the others stay silent.")
    private @Nullable Integer talking;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "1.2",
            description = "Time to measure each server, ${DEFAULT-VALUE} by default.")
    private double seconds;

    @Option(
            names = "--chart",
            paramLabel = "FILE",
            defaultValue = "target/io-models.svg",
            description = "Where to write the chart, ${DEFAULT-VALUE} by default.")
    private Path chart = Path.of("");

    @SuppressWarnings("UnusedVariable") // picocli looks at the annotation only
    @Option(names = "--help", usageHelp = true, description = "Print this.")
    private boolean help;

    @Spec
    private @Nullable CommandSpec spec;

    private final PrintWriter out;
    private final boolean terminal;

    private IoModels(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Runs the comparison; see {@code --help}. */
    @SuppressWarnings("SystemConsoleNull") // it is null again from JDK 25 on, if there is no terminal
    public static void main(String[] args) {
        Console console = System.console();
        PrintWriter out = new PrintWriter(System.out, true, System.out.charset());
        PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
        System.exit(run(out, err, console != null && console.isTerminal(), args));
    }

    /**
     * Runs the comparison and returns the exit code: 0 if all went well, 1 if something did not, 2 if the arguments are wrong.
     *
     * @param terminal whether a line may be written over and over
     */
    static int run(PrintWriter out, PrintWriter err, boolean terminal, String... args) {
        return new CommandLine(new IoModels(out, terminal))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (e instanceof ParameterException) {
                        throw e;
                    }
                    err.println(e.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(args);
    }

    @Override
    public Integer call() throws IOException {
        IoModelResult.Work work = work();
        out.printf(
                Locale.ROOT,
                "An echo server by each model, each in a process of its own: %,d connections, %,d of them talk, for %.1f s.%n",
                work.connections(),
                work.talking(),
                seconds);
        List<IoModelResult> results = new ArrayList<>();
        for (IoModel model : models) {
            out.println(model.label() + " ...");
            results.add(IoModelResult.take(model, work, this::tellProgress));
            eraseProgress();
        }
        out.println();
        out.print(table(results));
        out.println();
        if (results.stream().anyMatch(IoModelResult::isMeasured)) {
            IoModelsChart.write(results, chart);
            out.println("Chart: " + chart.toAbsolutePath().normalize());
        }
        boolean failed = results.stream().anyMatch(IoModelResult::isFailed);
        out.println(failed ? "FAILED: not every model did what it should." : "Every byte came back from every server.");
        return failed ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private IoModelResult.Work work() {
        check("--connections", connections >= 1 && connections <= MOST_CONNECTIONS, connections);
        int talkers = talking == null ? Math.max(1, connections / 10) : talking;
        check("--talking", talkers >= 1 && talkers <= connections, talkers);
        check("--seconds", seconds > 0 && seconds <= MOST_SECONDS, seconds);
        return new IoModelResult.Work(connections, talkers, Duration.ofNanos((long) (seconds * 1e9)), LIMIT);
    }

    private void check(String option, boolean isSound, Number value) {
        if (!isSound && spec != null) {
            throw new ParameterException(spec.commandLine(), "Invalid value for option '" + option + "': " + value);
        }
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

    static String table(List<IoModelResult> results) {
        StringBuilder table = new StringBuilder(String.format(
                "%-20s %10s %14s %8s %11s %14s %12s%n",
                "MODEL", "MESSAGES/S", "CPU \u00b5s/MESSAGE", "THREADS", "MEMORY MiB", "CALLS/MESSAGE", "CPU AT REST"));
        for (IoModelResult result : results) {
            table.append(String.format("%-20s ", result.model().label()))
                    .append(result.isMeasured() ? figures(result) : remark(result))
                    .append(System.lineSeparator());
        }
        return table.toString();
    }

    private static String figures(IoModelResult result) {
        return String.format(
                "%10s %14s %8s %11s %14s %12s",
                figure("%,.0f", result.messagesPerSecond()),
                figure("%.1f", result.cpuMicrosPerMessage()),
                figure("%.0f", result.threads()),
                figure("%.0f", result.mebibytes()),
                figure("%.2f", result.systemCallsPerMessage()),
                figure("%.0f %%", result.cpuPercentAtRest()));
    }

    private static String figure(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }

    private static String remark(IoModelResult result) {
        if (result.missing() != null) {
            return "not available here: " + result.missing();
        }
        return "PROBLEM: " + (result.problem() == null ? result.bytesLost() + " bytes lost" : result.problem());
    }
}
