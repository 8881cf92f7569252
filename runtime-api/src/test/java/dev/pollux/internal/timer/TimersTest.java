package dev.pollux.internal.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.LoopThreads;
import dev.pollux.loop.TimerHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Timers of other threads: whether they wake the loop, and what becomes of them while it is shut down or ends. */
@Timeout(60)
class TimersTest {

    private final List<String> log = new ArrayList<>();
    private final ScriptedTimerHost host = new ScriptedTimerHost();
    private final Timers timers = timers(Integer.MAX_VALUE);
    private long now;

    private Timers timers(int limit) {
        return new Timers(host, () -> now, limit, 64);
    }

    private void runDue() {
        host.inLoop = true;
        timers.runDue(now);
        host.inLoop = false;
    }

    @Test
    void aTimerThatIsPostedWhileTheLoopShutsDownIsRejectedAndNeverRuns() {
        host.afterPost = () -> host.accepts = false;

        assertThrows(RejectedExecutionException.class, () -> timers.once(0, () -> log.add("run")));
        host.runPosted();
        runDue();

        assertEquals(List.of(), log);
        assertEquals(0, timers.pending());
    }

    @Test
    void aTimerThatRanBeforeTheShutdownWasSeenIsNotRejected() {
        host.afterPost = () -> {
            host.runPosted();
            runDue();
            host.accepts = false;
        };

        TimerHandle timer = timers.once(0, () -> log.add("run"));

        assertEquals(List.of("run"), log);
        assertFalse(timer.isPending());
    }

    @Test
    void aTimerThatIsRejectedAfterTheLoopHasTakenItKeepsNoShutdownWaiting() {
        host.afterPost = () -> {
            host.runPosted();
            host.accepts = false;
        };

        assertThrows(RejectedExecutionException.class, () -> timers.once(1_000_000_000, () -> log.add("run")));
        host.runPosted();

        assertEquals(0, timers.pending());
        assertTrue(host.wakeups > 0, "the loop is to see that nothing is left");
        now = 1_000_000_000;
        runDue();
        assertEquals(List.of(), log);
    }

    @Test
    void aTimerOfALoopThatHasEndedIsRejectedAndDoesNotCount() {
        Timers limited = timers(1);
        host.afterPost = () -> {};
        host.ended = true;
        assertThrows(RejectedExecutionException.class, () -> limited.once(0, () -> {}));
        host.ended = false;

        limited.once(0, () -> {});
    }

    @Test
    void aTimerThatIsRejectedInALimitedSetDoesNotCount() {
        Timers limited = timers(1);
        host.afterPost = () -> host.accepts = false;
        assertThrows(RejectedExecutionException.class, () -> limited.once(0, () -> {}));
        host.accepts = true;

        limited.once(0, () -> {});
    }

    @Test
    void aPeriodicTimerThatArrivesAfterAShutdownIsCancelled() {
        host.afterPost = () -> {
            host.accepts = false;
            host.runPosted();
            host.accepts = true;
        };

        TimerHandle timer = timers.atFixedRate(0, 1, 0, () -> log.add("run"));

        assertFalse(timer.isPending());
        assertEquals(0, timers.pending());
    }

    @Test
    void threadsThatRaceForTheLastTimersGetExactlyAsManyAsThereAre() throws Exception {
        int limit = 1000;
        for (int round = 0; round < 20; round++) {
            Timers limited = timers(limit);
            AtomicInteger accepted = new AtomicInteger();
            CountDownLatch start = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Thread thread = new Thread(() -> {
                    LoopThreads.await(start);
                    try {
                        while (true) {
                            limited.once(1, () -> {});
                            accepted.incrementAndGet();
                        }
                    } catch (RejectedExecutionException full) {
                        // As it should be.
                    }
                });
                thread.start();
                threads.add(thread);
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }

            assertEquals(limit, accepted.get());
        }
    }

    @Test
    void theLibrarysOwnTimersNeitherCountNorArePending() {
        Timers limited = timers(1);
        host.inLoop = true;

        limited.internal(5, () -> log.add("internal"));
        TimerHandle user = limited.once(5, () -> log.add("user"));

        assertThrows(RejectedExecutionException.class, () -> limited.once(5, () -> {}));
        assertEquals(1, limited.pending());
        assertEquals(5, limited.nanosToNext(now), "and yet the loop wakes for them");
        assertTrue(user.cancel());
        assertEquals(0, limited.pending());
        now = 5;
        limited.runDue(now);
        assertEquals(List.of("internal"), log);
        assertEquals(0, limited.timersRun());
        assertEquals(0, limited.pending());
    }

    @Test
    void pendingAreThoseThatHaveNotBegun() {
        host.inLoop = true;
        List<Integer> pending = new ArrayList<>();
        TimerHandle[] later = new TimerHandle[1];
        timers.once(5, () -> pending.add(timers.pending()));
        timers.once(6, () -> {
            pending.add(timers.pending());
            assertTrue(later[0].cancel());
            pending.add(timers.pending());
            timers.once(0, () -> log.add("next turn"));
            pending.add(timers.pending());
        });
        later[0] = timers.once(7, () -> log.add("cancelled"));
        timers.once(8, () -> pending.add(timers.pending()));

        now = 10;
        assertTrue(timers.runDue(now));

        assertEquals(List.of(3, 2, 1, 2, 1), pending);
        assertEquals(List.of(), log);
        assertTrue(timers.runDue(now));
        assertEquals(List.of("next turn"), log);
        assertFalse(timers.runDue(now));
    }

    @Test
    void timersOfOtherThreadsKeepTheirOrderAmongThoseOfTheLoop() {
        host.inLoop = true;
        timers.once(5, () -> log.add("first, of the loop"));
        host.inLoop = false;
        timers.once(5, () -> log.add("second, of another thread"));
        host.inLoop = true;
        timers.once(5, () -> log.add("third, of the loop"));
        host.inLoop = false;
        timers.once(5, () -> log.add("fourth, of another thread"));
        host.runPosted();

        now = 5;
        runDue();

        assertEquals(
                List.of(
                        "first, of the loop",
                        "second, of another thread",
                        "third, of the loop",
                        "fourth, of another thread"),
                log);
    }

    @Test
    void aTimerThatAnotherSetOfTimersRunsNextIsCancelledInItsOwn() {
        host.inLoop = true;
        Timers other = timers(Integer.MAX_VALUE);
        TimerHandle timer = timers.once(5, () -> log.add("run"));
        other.once(5, () -> log.add("other"));
        other.runDue(0);

        assertTrue(timer.cancel());

        assertEquals(0, timers.pending());
        assertEquals(1, other.pending());
        assertFalse(timer.cancel());
        assertEquals(0, timers.pending());
    }

    @Test
    void aTurnSaysWhetherAnyTimerWasDue() {
        host.inLoop = true;
        assertFalse(timers.runDue(now), "there is none");
        timers.once(5, () -> log.add("run"));

        assertFalse(timers.runDue(now), "it is not due yet");
        now = 5;
        host.discards = true;
        assertFalse(timers.runDue(now), "none is to begin");
        host.discards = false;
        assertTrue(timers.runDue(now));

        assertEquals(List.of("run"), log);
    }

    @Test
    void theLongestLagIsTheMostThatATaskBeganAfterItsDeadline() {
        host.inLoop = true;
        now = 100;
        timers.once(5, () -> now += 50);
        timers.once(9, () -> {});
        assertEquals(0, timers.longestLag().nanos());

        now = 112;
        timers.runDue(now);

        assertEquals(7, timers.longestLag().nanos(), "the time that an earlier task of the turn took is not counted");
        timers.once(0, () -> {});
        timers.runDue(now);
        assertEquals(7, timers.longestLag().nanos());
        assertEquals(3, timers.timersRun());
    }

    @Test
    void aTimerOfAnotherThreadWakesTheLoopOnlyIfItIsDueBeforeTheLoopWakesByItself() {
        now = 1_000;
        assertEquals(Long.MAX_VALUE, timers.nanosToNext(now));
        timers.once(100, () -> {});
        assertEquals(1, host.wakeups, "it sleeps without limit");
        host.runPosted();
        assertEquals(60, timers.nanosToNext(1_040));

        timers.once(100, () -> {});
        timers.once(200, () -> {});
        assertEquals(1, host.wakeups);
        timers.once(99, () -> {});
        assertEquals(2, host.wakeups);

        host.runPosted();
        now = 1_200;
        runDue();
        assertEquals(Long.MAX_VALUE, timers.nanosToNext(now));
        timers.once(500, () -> {});
        assertEquals(3, host.wakeups, "it sleeps without limit again");
    }

    @Test
    void cancelsOfAnotherThreadWakeTheLoopOnlyWhenManyWait() {
        List<TimerHandle> handles = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            handles.add(timers.once(1_000, () -> {}));
        }
        host.runPosted();
        int before = host.wakeups;

        handles.subList(0, 100).forEach(TimerHandle::cancel);
        assertEquals(before, host.wakeups);
        handles.subList(100, 5_000).forEach(TimerHandle::cancel);

        int wakeups = host.wakeups - before;
        assertTrue(wakeups > 0 && wakeups < 50, wakeups + " wakeups");
    }

    @Test
    void aTimerForATimeOfTheClockRunsThenOrAtOnceIfThatHasPassed() {
        now = Long.MAX_VALUE - 5;
        host.inLoop = true;
        Timers wrapping = timers(Integer.MAX_VALUE);
        wrapping.at(now + 10, () -> log.add("ten from now"));
        wrapping.at(now - 10, () -> log.add("ten ago"));
        wrapping.at(now + Long.MAX_VALUE, () -> log.add("as far as can be told apart"));
        assertFalse(wrapping.isEmpty());

        wrapping.runDue(now);
        assertEquals(List.of("ten ago"), log);
        now += 10;
        wrapping.runDue(now);

        assertEquals(List.of("ten ago", "ten from now"), log);
        assertEquals(Long.MAX_VALUE / 2 - 10, wrapping.nanosToNext(now));
    }
}
