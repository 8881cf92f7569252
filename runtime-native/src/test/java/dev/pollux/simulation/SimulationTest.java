package dev.pollux.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The machine itself: one thread at a time, in any order, and every order again. */
@Tag("simulation")
class SimulationTest {

    private static final int SEEDS = 200;

    /** Two threads that each read a number, give way, and write it back with one more. */
    private static int sumOfTwo(long seed, SimulatedLock lock) {
        AtomicInteger sum = new AtomicInteger();
        Outcome outcome = Simulation.run(seed, () -> {
            for (int i = 0; i < 2; i++) {
                Simulation.current().spawn("adder-" + i, () -> {
                    Runnable add = () -> {
                        int seen = sum.get();
                        Simulation.current().point();
                        sum.set(seen + 1);
                    };
                    if (lock == null) {
                        add.run();
                    } else {
                        locked(lock, add);
                    }
                });
            }
        });
        assertTrue(outcome.isGood(), outcome::toString);
        return sum.get();
    }

    @Test
    void bothOutcomesOfARaceAreFound() {
        Set<Integer> sums = new HashSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            sums.add(sumOfTwo(seed, null));
        }

        assertEquals(Set.of(1, 2), sums);
    }

    @Test
    void aLockKeepsOthersOut() {
        for (long seed = 0; seed < SEEDS; seed++) {
            assertEquals(2, sumOfTwo(seed, new SimulatedLock()), "seed " + seed);
        }
    }

    /** Two threads that take two locks in opposite orders. */
    private static Outcome opposite(long seed) {
        SimulatedLock one = new SimulatedLock();
        SimulatedLock other = new SimulatedLock();
        return Simulation.run(seed, () -> {
            Simulation.current().spawn("one", () -> takeBoth(one, other));
            Simulation.current().spawn("other", () -> takeBoth(other, one));
        });
    }

    private static void takeBoth(SimulatedLock first, SimulatedLock second) {
        locked(first, () -> {
            Simulation.current().point();
            locked(second, () -> {});
        });
    }

    private static void locked(SimulatedLock lock, Runnable body) {
        lock.lock();
        try {
            body.run();
        } finally {
            lock.unlock();
        }
    }

    @Test
    void threadsThatWaitForEachOtherAreReportedWithTheirStacks() {
        int stuck = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Outcome outcome = opposite(seed);
            if (!outcome.isGood()) {
                stuck++;
                assertTrue(outcome.toString().contains("takeBoth"), outcome::toString);
            }
        }

        assertTrue(stuck > 0 && stuck < SEEDS, stuck + " of " + SEEDS);
    }

    @Test
    void theClockMovesOnlyWhenNoOneCanGoOn() {
        for (long seed = 0; seed < SEEDS; seed++) {
            boolean[] done = {false};
            Outcome outcome = Simulation.run(seed, () -> {
                Simulation simulation = Simulation.current();
                simulation.spawn("worker", () -> {
                    for (int i = 0; i < 20; i++) {
                        simulation.point();
                    }
                    done[0] = true;
                });
                long hour = simulation.nowNanos() + 3_600_000_000_000L;
                assertFalse(simulation.await(() -> false, hour));
                assertTrue(done[0] && simulation.nowNanos() - hour >= 0);
            });

            assertTrue(outcome.isGood(), outcome::toString);
        }
    }

    @Test
    void aThreadThatNeverEndsIsReported() {
        Outcome outcome = Simulation.run(1, () -> {
            while (true) {
                Simulation.current().point();
            }
        });

        assertEquals(Set.of("does not end"), outcome.violations().keySet());
    }

    @Test
    void foreignCodeUnderALockIsReported() {
        SimulatedLock lock = new SimulatedLock();
        Outcome outcome = Simulation.run(1, () -> {
            locked(lock, () -> Simulation.current().foreignCode("a callback"));
            Simulation.current().foreignCode("another callback");
        });

        assertEquals(Set.of("a callback under a lock"), outcome.violations().keySet());
    }

    @Test
    void aSeedReplaysToTheSameTrace() {
        Explorer explorer = new Explorer(Mutation.NONE);
        Set<Long> hashes = new HashSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            Outcome outcome = explorer.run(seed);
            hashes.add(outcome.hash());

            assertEquals(outcome.toString(), explorer.run(seed).toString());
        }

        assertTrue(hashes.size() > SEEDS * 9 / 10, () -> hashes.size() + " different traces");
        assertNotEquals(explorer.run(1).hash(), explorer.run(2).hash());
    }
}
