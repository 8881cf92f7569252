package dev.pollux.internal.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.TimerHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a timer that repeats runs again, and when it does not, by a clock set by hand. */
@Timeout(60)
class PeriodicTimerTest {

    private static final int FAILURE_LIMIT = 3;

    private final ScriptedTimerHost host = new ScriptedTimerHost();
    private long now = Long.MAX_VALUE - 25;
    private final long start = now;
    private final Timers timers = new Timers(host, () -> now, Integer.MAX_VALUE, FAILURE_LIMIT);
    private final List<Long> runs = new ArrayList<>();

    /** Runs a turn at each of these times. */
    private void turnsAt(long... times) {
        for (long time : times) {
            now = start + time;
            host.inLoop = true;
            timers.runDue(now);
            host.inLoop = false;
        }
    }

    private void noteRun() {
        runs.add(now - start);
    }

    private void noteRunAndFail() {
        noteRun();
        throw new IllegalStateException("from the task");
    }

    private TimerHandle atFixedRate(int catchUp, Runnable task) {
        TimerHandle timer = timers.atFixedRate(10, 10, catchUp, task);
        host.runPosted();
        return timer;
    }

    @Test
    void aRateDoesNotDriftHoweverLateEachRunIs() {
        atFixedRate(0, this::noteRun);

        turnsAt(9, 10, 19, 23, 29, 38, 40);

        assertEquals(List.of(10L, 23L, 38L, 40L), runs);
    }

    @Test
    void aDelayCountsFromTheEndOfTheRunBefore() {
        timers.withFixedDelay(10, 10, () -> {
            noteRun();
            now += 5;
        });
        host.runPosted();

        turnsAt(9, 10, 24, 25, 39, 40);

        assertEquals(List.of(10L, 25L, 40L), runs);
    }

    @Test
    void missedRunsAreLeftOutByARate() {
        atFixedRate(0, this::noteRun);

        turnsAt(1005, 1006, 1009, 1010);

        assertEquals(List.of(1005L, 1010L), runs);
    }

    @Test
    void aRunThatIsLateByAWholePeriodStandsForTheOneThatIsDueNow() {
        atFixedRate(0, this::noteRun);

        turnsAt(20, 20, 29, 30);

        assertEquals(List.of(20L, 30L), runs);
    }

    @Test
    void atMostAsManyMissedRunsAreMadeUpForAsWereAskedForOneInEachTurn() {
        atFixedRate(3, this::noteRun);

        turnsAt(1005, 1005, 1005, 1005, 1005, 1005, 1010, 1019);

        assertEquals(List.of(1005L, 1005L, 1005L, 1005L, 1010L), runs);
    }

    @Test
    void fewerMissedRunsThanMayBeMadeUpForAreAllMadeUpFor() {
        atFixedRate(Integer.MAX_VALUE, this::noteRun);

        turnsAt(55, 55, 55, 55, 55, 55, 59, 60);

        assertEquals(List.of(55L, 55L, 55L, 55L, 55L, 60L), runs);
    }

    @Test
    void aTimerThatFailsAsOftenInARowAsTheLimitSaysIsCancelledAndReported() {
        TimerHandle timer = atFixedRate(0, this::noteRunAndFail);

        turnsAt(10, 20);
        assertTrue(timer.isPending());
        assertEquals(List.of(), host.givenUp);
        turnsAt(30, 40, 50);

        assertEquals(List.of(10L, 20L, 30L), runs);
        assertFalse(timer.isPending());
        assertEquals(List.of(FAILURE_LIMIT), host.givenUp);
        assertEquals(0, timers.pending());
    }

    @Test
    void aRunThatSucceedsStartsTheCountOfFailuresAnew() {
        TimerHandle timer = atFixedRate(0, () -> {
            noteRun();
            if (runs.size() % FAILURE_LIMIT != 0) {
                throw new IllegalStateException("from the task");
            }
        });

        turnsAt(10, 20, 30, 40, 50, 60, 70, 80);

        assertEquals(8, runs.size());
        assertTrue(timer.isPending());
        assertEquals(List.of(), host.givenUp);
    }

    @Test
    void aTimerThatCancelsItselfDoesNotRunAgainAndIsNotReportedIfItFails() {
        AtomicReference<TimerHandle> self = new AtomicReference<>();
        self.set(atFixedRate(0, () -> {
            if (runs.size() == FAILURE_LIMIT - 1) {
                assertTrue(self.get().cancel());
            }
            noteRunAndFail();
        }));

        turnsAt(10, 20, 30, 40);

        assertEquals(List.of(10L, 20L, 30L), runs);
        assertEquals(List.of(), host.givenUp);
        assertEquals(0, timers.pending());
    }

    @Test
    void aTimerThatAnotherThreadCancelsDoesNotRunThoughTheLoopHasYetToSeeTheCancel() {
        TimerHandle timer = atFixedRate(0, this::noteRun);

        assertTrue(timer.cancel());
        turnsAt(10, 20);

        assertEquals(List.of(), runs);
        host.runPosted();
        assertEquals(0, timers.pending());
    }

    @Test
    void aTimerThatRanBeforeTheShutdownWasSeenIsNotRejected() {
        host.afterPost = () -> {
            host.runPosted();
            turnsAt(10);
            host.accepts = false;
        };

        TimerHandle timer = timers.atFixedRate(10, 10, 0, this::noteRun);

        assertEquals(List.of(10L), runs);
        assertFalse(timer.isPending());
    }

    @Test
    void aTimerThatHasNotRunWhenTheShutdownIsSeenIsRejected() {
        host.afterPost = () -> {
            host.runPosted();
            host.accepts = false;
        };

        assertThrows(RejectedExecutionException.class, () -> timers.atFixedRate(10, 10, 0, this::noteRun));

        host.runPosted();
        turnsAt(10, 20);
        assertEquals(List.of(), runs);
        assertEquals(0, timers.pending());
    }

    @Test
    void aShutdownCancelsWhatRepeatsAndLeavesTheRest() {
        TimerHandle rate = atFixedRate(0, this::noteRun);
        TimerHandle delay = timers.withFixedDelay(10, 10, this::noteRun);
        TimerHandle once = timers.once(30, this::noteRun);
        host.runPosted();
        host.inLoop = true;

        timers.cancelPeriodic();

        assertFalse(rate.isPending());
        assertFalse(delay.isPending());
        assertTrue(once.isPending());
        assertEquals(1, timers.pending());
        turnsAt(10, 20, 30, 40);
        assertEquals(List.of(30L), runs);
    }

    @Test
    void noTimerIsPendingOrKeptAfterTheEnd() {
        TimerHandle rate = atFixedRate(0, this::noteRun);
        TimerHandle once = timers.once(10, this::noteRun);
        host.runPosted();
        host.inLoop = true;
        timers.internal(10, this::noteRun);

        timers.end();

        assertFalse(rate.isPending());
        assertFalse(once.isPending());
        assertFalse(rate.cancel(), "its task is gone");
        assertTrue(timers.isEmpty());
        assertEquals(0, timers.pending());
        turnsAt(10);
        assertEquals(List.of(), runs);
    }
}
