package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pollux.NanoClock;
import dev.pollux.Selectors;
import dev.pollux.internal.selector.ScriptedProvider;
import dev.pollux.testlog.LogLines;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Timers that run again, timers in great numbers, and what becomes of those that are cancelled; by a clock set by hand. */
@Timeout(60)
class PeriodicTimersTest {

    private static final Duration NO_WAIT = Duration.ZERO;
    private static final Duration TEN = Duration.ofNanos(10);
    private static final int MANY = 1_000_000;

    private final ScriptedProvider provider = ScriptedProvider.withEverything();
    private final List<LoopFailure> failures = new ArrayList<>();
    private final List<Long> runs = new ArrayList<>();
    private long now = Long.MAX_VALUE - 25;
    private final long start = now;
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = configured().open();
    }

    private EventLoopBuilder configured() throws IOException {
        return EventLoop.builder()
                .selector(Selectors.open(provider))
                .clock(() -> now)
                .failureHandler(failures::add)
                .failureLimit(3);
    }

    private void openByRealTime() throws IOException {
        loop.close();
        loop = configured().clock(NanoClock.system()).open();
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private void turnAt(long nanos) throws IOException {
        now = start + nanos;
        loop.runOnce(NO_WAIT);
    }

    private void noteRun() {
        runs.add(now - start);
    }

    // Rates and delays.

    @Test
    void aRateDoesNotDriftHoweverLateEachRunIs() throws IOException {
        loop.scheduleAtFixedRate(TEN, TEN, this::noteRun);

        for (long at : new long[] {9, 10, 19, 23, 29, 38, 40}) {
            turnAt(at);
        }

        assertEquals(List.of(10L, 23L, 38L, 40L), runs);
    }

    @Test
    void aDelayCountsFromTheEndOfTheRunBefore() throws IOException {
        loop.scheduleWithFixedDelay(TEN, TEN, () -> {
            noteRun();
            now += 5;
        });

        for (long at : new long[] {10, 24, 25, 39, 40}) {
            turnAt(at);
        }

        assertEquals(List.of(10L, 25L, 40L), runs);
    }

    @Test
    void runsThatWereMissedAreLeftOutByARate() throws IOException {
        loop.scheduleAtFixedRate(TEN, TEN, this::noteRun);

        turnAt(1005);
        turnAt(1006);
        turnAt(1009);
        turnAt(1010);

        assertEquals(List.of(1005L, 1010L), runs);
    }

    @Test
    void atMostAsManyMissedRunsAreMadeUpForAsWereAskedForOneInEachTurn() throws IOException {
        loop.scheduleAtFixedRate(TEN, TEN, 3, this::noteRun);

        for (int turn = 1; turn <= 6; turn++) {
            turnAt(1005);
        }
        assertEquals(4, runs.size());
        turnAt(1010);
        turnAt(1019);

        assertEquals(List.of(1005L, 1005L, 1005L, 1005L, 1010L), runs);
    }

    @Test
    void fewerMissedRunsThanMayBeMadeUpForAreAllMadeUpFor() throws IOException {
        loop.scheduleAtFixedRate(TEN, TEN, Integer.MAX_VALUE, this::noteRun);

        for (int turn = 1; turn <= 10; turn++) {
            turnAt(55);
        }

        assertEquals(5, runs.size());
    }

    @Test
    void theLongestPeriodsNeitherOverflowNorRunTwice() throws IOException {
        loop.scheduleAtFixedRate(NO_WAIT, Duration.ofSeconds(Long.MAX_VALUE), this::noteRun);
        loop.scheduleWithFixedDelay(NO_WAIT, Duration.ofSeconds(Long.MAX_VALUE), this::noteRun);

        turnAt(0);
        turnAt(Duration.ofDays(40_000).toNanos());

        assertEquals(List.of(0L, 0L), runs);
    }

    @Test
    void periodsThatAreNotPositiveAndANegativeCatchUpAreRefused() {
        for (Duration notPositive : List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE))) {
            assertThrows(
                    IllegalArgumentException.class, () -> loop.scheduleAtFixedRate(NO_WAIT, notPositive, () -> {}));
            assertThrows(
                    IllegalArgumentException.class, () -> loop.scheduleWithFixedDelay(NO_WAIT, notPositive, () -> {}));
        }
        assertThrows(IllegalArgumentException.class, () -> loop.scheduleAtFixedRate(NO_WAIT, TEN, -1, () -> {}));
        assertEquals(0, loop.metrics().pendingTimers());
    }

    // Cancelling.

    @Test
    void aTimerThatCancelsItselfDoesNotRunAgain() throws IOException {
        AtomicReference<TimerHandle> self = new AtomicReference<>();
        self.set(loop.scheduleAtFixedRate(TEN, TEN, () -> {
            noteRun();
            assertTrue(self.get().cancel());
        }));

        turnAt(10);
        turnAt(100);

        assertEquals(List.of(10L), runs);
        assertFalse(self.get().isPending());
        assertEquals(0, loop.metrics().pendingTimers());
        assertEquals(List.of(), failures);
    }

    @Test
    void aTimerCancelledByAnotherThreadLeavesTheLoopWithItsNextTurn() throws Exception {
        openByRealTime();
        LoopThreads.startAsleep(loop, provider);
        TimerHandle timer = loop.scheduleAtFixedRate(Duration.ofDays(1), Duration.ofDays(1), this::noteRun);
        LoopThreads.until(() -> loop.metrics().pendingTimers() == 1);

        assertTrue(timer.cancel());
        assertFalse(timer.isPending());
        loop.execute(() -> {});

        LoopThreads.until(() -> loop.metrics().pendingTimers() == 0);
    }

    @Test
    void aTimerThatFailsEveryTimeIsCancelledAfterTheLimitAndToldOnce() throws IOException {
        LogLines.clear();
        TimerHandle timer = loop.scheduleAtFixedRate(TEN, TEN, () -> {
            throw new IllegalStateException("always");
        });

        for (int at = 10; at <= 100; at += 10) {
            turnAt(at);
        }

        assertEquals(3, failures.size());
        assertFalse(timer.isPending());
        assertEquals(1, loop.metrics().isolated());
        assertEquals(1, LogLines.with("cancelled after 3 failures in a row").size());
    }

    @Test
    void oneSuccessInBetweenStartsTheCountOfFailuresAnew() throws IOException {
        AtomicInteger run = new AtomicInteger();
        TimerHandle timer = loop.scheduleAtFixedRate(TEN, TEN, () -> {
            if (run.incrementAndGet() % 3 != 0) {
                throw new IllegalStateException("two out of three");
            }
        });

        for (int at = 10; at <= 100; at += 10) {
            turnAt(at);
        }

        assertEquals(10, run.get());
        assertTrue(timer.isPending());
    }

    @Test
    void aCancelledTimerLetsGoOfItsTaskAtOnce() throws Exception {
        AtomicReference<WeakReference<Object>> task = new AtomicReference<>();
        TimerHandle timer = scheduleWithNothingElseHoldingTheTask(task);
        turnAt(0);

        timer.cancel();

        LoopThreads.until(() -> {
            System.gc();
            return task.get().get() == null;
        });
        assertNull(task.get().get());
        assertFalse(timer.isPending());
    }

    private TimerHandle scheduleWithNothingElseHoldingTheTask(AtomicReference<WeakReference<Object>> task) {
        Runnable held = new Runnable() {
            @Override
            public void run() {
                noteRun();
            }
        };
        task.set(new WeakReference<>(held));
        return loop.schedule(Duration.ofDays(365), held);
    }

    @Test
    void aMillionTimersScheduledAndCancelledInAnyOrderLeaveNothing() throws IOException {
        Random random = new Random(1);
        List<TimerHandle> timers = new ArrayList<>(MANY);
        AtomicInteger left = new AtomicInteger(-1);
        loop.execute(() -> {
            for (int i = 0; i < MANY; i++) {
                timers.add(loop.schedule(Duration.ofNanos(random.nextLong(1L << 50)), this::noteRun));
            }
            assertEquals(MANY, loop.metrics().pendingTimers());
            Collections.shuffle(timers, random);
            timers.forEach(TimerHandle::cancel);
            left.set(loop.metrics().pendingTimers());
        });

        turnAt(0);

        assertEquals(0, left.get(), failures::toString);
        turnAt(1L << 51);
        assertEquals(List.of(), runs);
    }

    @Test
    void aMillionTimersRunInTheOrderOfTheirDeadlines() throws IOException {
        Random random = new Random(2);
        long[] last = {Long.MIN_VALUE, 0, 0};
        loop.execute(() -> {
            for (int i = 0; i < MANY; i++) {
                long deadline = random.nextLong(1L << 45);
                loop.schedule(Duration.ofNanos(deadline), () -> {
                    if (deadline < last[0] || deadline > now - start) {
                        last[2]++;
                    }
                    last[0] = deadline;
                    last[1]++;
                });
            }
        });
        turnAt(0);

        for (int step = 1; step <= 64; step++) {
            turnAt(step * (1L << 39));
        }

        assertEquals(MANY, last[1]);
        assertEquals(0, last[2], "timers out of order or early");
        assertEquals(0, loop.metrics().pendingTimers());
    }

    // The limit.

    @Test
    void atTheLimitFurtherTimersAreRefusedUntilOneIsGone() throws IOException {
        loop.close();
        loop = configured().timerLimit(2).open();
        TimerHandle first = loop.schedule(TEN, this::noteRun);
        loop.scheduleAtFixedRate(TEN, TEN, this::noteRun);

        RejectedExecutionException refused =
                assertThrows(RejectedExecutionException.class, () -> loop.schedule(TEN, this::noteRun));
        assertTrue(refused.getMessage().contains("has 2 timers, which is its limit"), refused.getMessage());
        first.cancel();
        loop.schedule(TEN, this::noteRun);
        turnAt(10);

        assertEquals(List.of(10L, 10L), runs);
        loop.schedule(TEN, this::noteRun);
        assertThrows(RejectedExecutionException.class, () -> loop.schedule(TEN, this::noteRun));
    }

    @Test
    void timersThatTheSleepingLoopHasNotSeenCountForTheLimit() throws Exception {
        loop.close();
        loop = configured().clock(NanoClock.system()).timerLimit(100).open();
        LoopThreads.startAsleep(loop, provider);
        loop.schedule(Duration.ofHours(1), () -> {});
        int accepted = 1;
        RejectedExecutionException refused = null;

        while (refused == null && accepted < 1000) {
            try {
                loop.schedule(Duration.ofDays(1), () -> {});
                accepted++;
            } catch (RejectedExecutionException e) {
                refused = e;
            }
        }

        assertEquals(100, accepted);
    }

    // Cost.

    @Test
    void aTimerOfAnotherThreadThatIsDueAfterTheNextOneWakesNobody() throws Exception {
        openByRealTime();
        LoopThreads.startAsleep(loop, provider);
        long turns = loop.metrics().turns();
        loop.schedule(Duration.ofHours(1), () -> {});
        LoopThreads.until(() -> loop.metrics().turns() > turns);
        LoopThreads.untilAsleep(provider);
        LoopThreads.until(() -> loop.metrics().pendingTimers() == 1);
        int before = provider.current().wakeups;

        for (int i = 0; i < 1000; i++) {
            loop.schedule(Duration.ofHours(2), () -> {});
        }
        assertEquals(before, provider.current().wakeups);

        CompletableFuture<Integer> pending = new CompletableFuture<>();
        loop.execute(() -> pending.complete(loop.metrics().pendingTimers()));
        assertEquals(1001, pending.get(30, TimeUnit.SECONDS));
    }

    @Test
    void aTimerOfAnotherThreadThatIsDueBeforeTheNextOneWakesTheLoop() throws Exception {
        openByRealTime();
        LoopThreads.startAsleep(loop, provider);
        loop.schedule(Duration.ofHours(1), () -> {});
        CountDownLatch ran = new CountDownLatch(1);

        loop.schedule(Duration.ofMillis(1), ran::countDown);

        LoopThreads.await(ran);
    }

    @Test
    void onceCompiledATimerThatRunsAgainAllocatesNothing() throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] count = {0};
        for (int i = 1; i <= 100; i++) {
            loop.scheduleAtFixedRate(Duration.ofNanos(i), Duration.ofNanos(100), () -> count[0]++);
        }
        turnAt(0);
        int timersPerRound = 10_000;
        long bytes = Long.MAX_VALUE;
        for (int round = 0; round < 50 && bytes / timersPerRound != 0; round++) {
            count[0] = 0;
            long before = threads.getCurrentThreadAllocatedBytes();
            while (count[0] < timersPerRound) {
                now += 100;
                loop.runOnce(NO_WAIT);
                provider.current().timeouts.clear();
            }
            bytes = threads.getCurrentThreadAllocatedBytes() - before;
        }

        assertTrue(bytes / timersPerRound == 0, bytes + " bytes for " + timersPerRound + " timers");
    }
}
