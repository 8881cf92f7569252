package dev.pollux.examples;

import dev.pollux.EventSelector;
import dev.pollux.Selectors;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the tutorial servers on a backend take on their command lines: {@code [--port N] [--backend NAME]}. */
@Command(sortOptions = false, usageHelpWidth = 100)
final class ServerArguments implements Callable<Integer> {

    /** What is done with them. */
    @FunctionalInterface
    interface Program {

        /** Serves until it is ended. */
        void serve(ServerArguments arguments) throws IOException;
    }

    private final Program program;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Listen on 127.0.0.1:N, 8088 by default; 0 takes a free port and prints it.")
    private int port = 8088;

    @Option(names = "--backend", paramLabel = "NAME", description = "Use this backend; the best one by default.")
    private @Nullable String backend;

    @SuppressWarnings("UnusedVariable") // picocli looks at the annotation only
    @Option(names = "--help", usageHelp = true, description = "Print this.")
    private boolean help;

    private ServerArguments(Program program) {
        this.program = program;
    }

    /** Runs {@code program} and ends the process with it. */
    static void run(String name, String[] args, Program program) {
        System.exit(new CommandLine(new ServerArguments(program))
                .setCommandName(name)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    System.err.println(e.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws IOException {
        program.serve(this);
        return CommandLine.ExitCode.OK;
    }

    int port() {
        return port;
    }

    EventSelector openSelector() throws IOException {
        return backend == null ? Selectors.open() : Selectors.open(backend);
    }

    EventLoop openLoop() throws IOException {
        return EventLoop.builder().selector(openSelector()).open();
    }

    /** Prints where to connect to. */
    static void announce(String backend, InetSocketAddress address) {
        System.out.println(
                backend + " listens on port " + address.getPort() + "; try: nc 127.0.0.1 " + address.getPort());
    }
}
