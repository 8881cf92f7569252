package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * A program that obeys what {@code metered.h} says.
 *
 * @param <L> a load
 */
record MeteredEntrant<L extends MeteredEntrant.Load>(String name, int core, List<String> command, Predicate<L> canTake)
        implements Entrant<L, Sample> {

    /** The two numbers that a load is. */
    interface Load {

        int first();

        int second();
    }

    /** Returns the Java program that measures {@code subject} of the contestant {@code name}, see {@link Metered}. */
    static <L extends Load> MeteredEntrant<L> java(String subject, String name, int core, List<String> options) {
        return new MeteredEntrant<>(name, core, Child.java(options, Metered.class, subject, name), load -> true);
    }

    @Override
    public boolean takes(L load) {
        return canTake.test(load);
    }

    @Override
    public RunningProgram<L> start() throws IOException, InterruptedException {
        Child child = Child.start(core, command);
        try {
            child.answer();
            return new RunningProgram<>(name, child);
        } catch (IOException | InterruptedException e) {
            child.close();
            throw e;
        }
    }

    /** The program while it runs. */
    record RunningProgram<L extends Load>(String name, Child child) implements Running<L, Sample> {

        @Override
        public void prepare(L load, double warmupSeconds) throws IOException, InterruptedException {
            child.ask("load " + load.first() + " " + load.second(), Duration.ZERO);
            Warmup.run(name, warmupSeconds, seconds -> run(seconds).compileMillis());
        }

        @Override
        public Sample measure(L load, double seconds) throws IOException, InterruptedException {
            return run(seconds);
        }

        private Sample run(double seconds) throws IOException, InterruptedException {
            return Sample.parse(child.askNumbers("run " + seconds, Duration.ofMillis((long) (seconds * 1000))));
        }

        @Override
        public void close() {
            child.close();
        }
    }
}
