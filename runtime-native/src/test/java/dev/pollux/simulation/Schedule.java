package dev.pollux.simulation;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Who goes on at a point. Half of the seeds walk at random, giving way at every point or at few of them; the other half
 * run the thread of the highest priority, and lower it at a few random points: that is what finds races that need few
 * but particular changes of thread (Burckhardt et al., "A randomized scheduler with probabilistic guarantees of finding
 * bugs", 2010).
 */
abstract class Schedule {

    final SplittableRandom random;
    private final int tick;

    private Schedule(SplittableRandom random) {
        this.random = random;
        this.tick = random.nextInt(3) == 0 ? 1 + random.nextInt(20_000) : 0;
    }

    static Schedule of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return random.nextBoolean() ? new Walk(random) : new Priorities(random);
    }

    /** Returns how much time a step takes. */
    final long tickNanos() {
        return tick == 0 ? 0 : random.nextInt(tick);
    }

    /** Returns whether another thread may be chosen at this point. */
    abstract boolean mayPreempt();

    /** Returns one of {@code threads}, which are at least one. */
    abstract SimulatedThread choose(List<SimulatedThread> threads);

    /** Notes that {@code thread} has nothing to do until another one has run. */
    void yields(SimulatedThread thread) {}

    final long firstPriority() {
        return random.nextInt(1 << 20);
    }

    private static final class Walk extends Schedule {

        private static final double[] CHANGES = {1, 0.5, 0.2, 0.05, 0.02};

        private final double change;

        Walk(SplittableRandom random) {
            super(random);
            change = CHANGES[random.nextInt(CHANGES.length)];
        }

        @Override
        boolean mayPreempt() {
            return change == 1 || random.nextDouble() < change;
        }

        @Override
        SimulatedThread choose(List<SimulatedThread> threads) {
            return threads.get(random.nextInt(threads.size()));
        }
    }

    private static final class Priorities extends Schedule {

        private final double change;
        private long lowest;

        Priorities(SplittableRandom random) {
            super(random);
            change = (1 + random.nextInt(8)) / (double) (100 << random.nextInt(4));
        }

        @Override
        boolean mayPreempt() {
            return true;
        }

        @Override
        SimulatedThread choose(List<SimulatedThread> threads) {
            SimulatedThread highest = highest(threads);
            if (threads.size() > 1 && random.nextDouble() < change) {
                yields(highest);
                highest = highest(threads);
            }
            return highest;
        }

        private static SimulatedThread highest(List<SimulatedThread> threads) {
            SimulatedThread highest = threads.get(0);
            for (SimulatedThread thread : threads) {
                if (thread.priority > highest.priority) {
                    highest = thread;
                }
            }
            return highest;
        }

        @Override
        void yields(SimulatedThread thread) {
            thread.priority = --lowest;
        }
    }
}
