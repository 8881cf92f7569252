package dev.pollux.simulation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongConsumer;

/** Runs the world of one seed after the other, on classes that it has instrumented. */
public final class Explorer {

    private static final String WORLD = "dev.pollux.simulation.world.World";

    private final SimulatedClasses classes;

    Explorer(Mutation mutation) {
        classes = new SimulatedClasses(mutation);
        // What is done once in a JVM belongs to no seed.
        for (long seed = -1; seed > -50; seed--) {
            run(seed);
        }
    }

    /** Runs one seed. */
    Outcome run(long seed) {
        Thread driver = Thread.currentThread();
        ClassLoader before = driver.getContextClassLoader();
        driver.setContextClassLoader(classes);
        Points.clear();
        try {
            LongConsumer world = Class.forName(WORLD, true, classes)
                    .asSubclass(LongConsumer.class)
                    .getConstructor()
                    .newInstance();
            return Simulation.run(seed, () -> world.accept(seed));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(WORLD, e);
        } finally {
            driver.setContextClassLoader(before);
        }
    }

    /**
     * Returns the first seed below {@code seeds} that finds {@code fault}; −1 if none does.
     *
     * @throws AssertionError if there is no method to put it into
     */
    static long search(Fault fault, int seeds) {
        Explorer explorer = new Explorer(fault);
        for (long seed = 0; seed < seeds; seed++) {
            if (fault.isShownBy(explorer.run(seed))) {
                return seed;
            }
        }
        if (!explorer.classes.isMutated()) {
            throw new AssertionError("no method for " + fault);
        }
        return -1;
    }

    /**
     * Prints what the seeds of a range find, each kind once with its first seed; of a single seed, all of it. With the name
     * of a {@link Fault} as third argument, prints the first seed that finds it.
     */
    public static void main(String[] arguments) {
        long from = Long.parseLong(arguments[0]);
        long to = Long.parseLong(arguments[1]);
        if (arguments.length > 2) {
            Fault fault = Fault.valueOf(arguments[2]);
            System.out.println(fault + ": found by " + search(fault, (int) to));
            return;
        }
        Explorer explorer = new Explorer(Mutation.NONE);
        if (to == from + 1) {
            Outcome outcome = explorer.run(from);
            System.out.println(outcome);
            System.out.println(explorer.run(from).hash() == outcome.hash() ? "same trace" : "ANOTHER TRACE");
            return;
        }
        Map<String, long[]> found = new LinkedHashMap<>();
        long start = System.nanoTime();
        long steps = 0;
        for (long seed = from; seed < to; seed++) {
            Outcome outcome = explorer.run(seed);
            steps += outcome.steps();
            for (String kind : outcome.violations().keySet()) {
                long s = seed;
                found.computeIfAbsent(kind, any -> new long[] {s, 0})[1]++;
            }
        }
        System.out.println(
                (to - from) + " seeds, " + steps + " steps, " + (System.nanoTime() - start) / 1_000_000 + " ms");
        found.forEach((kind, seen) -> System.out.println(kind + ": first by " + seen[0] + ", " + seen[1] + " times"));
    }
}
