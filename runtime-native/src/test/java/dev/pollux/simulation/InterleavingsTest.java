package dev.pollux.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A loop among threads that give it work, register, swap, look and end it, in thousands of orders: what was accepted is
 * run once or given back, timers are never early, every future completes, every descriptor and every place is given
 * back, no one else's code runs under a lock, and a loop that is to end ends.
 *
 * <p>More of them with {@code -Psimulation-long}, others with {@code -Dsimulation.from=1000000}.
 */
@Tag("simulation")
class InterleavingsTest {

    @Test
    void everyOrderOfStepsKeepsEveryPromise() {
        long from = Long.getLong("pollux.simulation.from", 0);
        long seeds = Long.getLong("pollux.simulation.seeds", 5_000);
        Explorer explorer = new Explorer(Mutation.NONE);
        long steps = 0;
        for (long seed = from; seed < from + seeds; seed++) {
            Outcome outcome = explorer.run(seed);
            steps += outcome.steps();

            assertTrue(outcome.isGood(), outcome::toString);
        }
        System.out.println(seeds + " seeds, " + steps + " steps");
    }
}
