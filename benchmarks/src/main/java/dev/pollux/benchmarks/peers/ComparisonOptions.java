package dev.pollux.benchmarks.peers;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How to compare, whatever it is. */
final class ComparisonOptions {

    @Option(names = "--starts", paramLabel = "N", description = "Start each program this often, ${DEFAULT-VALUE}.")
    private int starts = 3;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Measure each this often, every time it is started, ${DEFAULT-VALUE}.")
    private int rounds = 11;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Measure for this long, ${DEFAULT-VALUE} s; shorter ones vary more.")
    private double seconds = 0.1;

    @Option(
            names = "--warmup",
            paramLabel = "S",
            description = "Run for this long before, ${DEFAULT-VALUE} s, and on until the compilers of the JVM rest.")
    private double warmupSeconds = 2;

    @Mixin
    private Cores cores = new Cores();

    /** Returns how much to measure. */
    Plan plan() {
        return new Plan(starts, rounds, seconds, warmupSeconds, cores.core(), cores.loadCore());
    }

    /** Runs {@code program}, and ends the process with its exit code. A failure is printed in one line. */
    static void run(Object program, String... args) {
        CommandLine command = new CommandLine(program);
        command.getCommandSpec()
                .addOption(CommandLine.Model.OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this text.")
                        .build());
        command.setExecutionExceptionHandler((e, failed, parsed) -> {
            System.err.println(e);
            return CommandLine.ExitCode.SOFTWARE;
        });
        System.exit(command.execute(args));
    }

    /** What to run on. */
    static final class Cores {

        @Option(
                names = "--core",
                paramLabel = "N",
                description = "Run what is measured on this core, ${DEFAULT-VALUE}, and its load on --load-core.")
        private int core;

        @Option(names = "--load-core", paramLabel = "N", description = "Run the load on this core, ${DEFAULT-VALUE}.")
        private int loadCore = 1;

        @Option(names = "--no-pinning", description = "Let the scheduler choose the cores; the figures then vary more.")
        private boolean unpinned;

        /** Returns the core for what is measured; negative for any. */
        int core() {
            return unpinned ? -1 : core;
        }

        /** Returns the core for the load; negative for any. */
        int loadCore() {
            return unpinned ? -1 : loadCore;
        }
    }
}
