package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WakeupGateTest {

    private final WakeupGate gate = new WakeupGate();

    @Test
    void wakeupWithNobodyAsleepCallsNobodyAndIsToldByTheNextEnter() {
        assertFalse(gate.wake());
        assertFalse(gate.wake());

        assertEquals(WakeupGate.WOKEN, gate.enter());
        assertEquals(0, gate.enter());
    }

    @Test
    void onlyTheFirstWakeupOfASleepCallsTheBackend() {
        assertEquals(0, gate.enter());

        assertTrue(gate.wake());
        assertFalse(gate.wake());

        gate.called();
        assertEquals(WakeupGate.WOKEN, gate.leave());
        assertEquals(0, gate.consume());
    }

    @Test
    void nudgeEndsASleepWithoutAWakeup() {
        assertFalse(gate.nudge());
        assertEquals(0, gate.enter());

        assertTrue(gate.nudge());

        gate.called();
        assertEquals(0, gate.leave());
    }

    @Test
    void closeIsToldOnceAndForEver() {
        assertEquals(0, gate.enter());

        assertTrue(gate.close());
        assertFalse(gate.close());

        gate.called();
        assertEquals(WakeupGate.CLOSED, gate.leave());
        assertEquals(WakeupGate.CLOSED, gate.enter());
        assertFalse(gate.wake());
    }

    @Test
    @Timeout(30)
    void whoTakesTheBackendAwayWaitsForCallsUnderWay() throws Exception {
        assertTakerWaitsFor(WakeupGate::wake);
    }

    @Test
    @Timeout(30)
    void whoTakesTheBackendAwayWaitsForNudgesUnderWay() throws Exception {
        assertTakerWaitsFor(WakeupGate::nudge);
    }

    @Test
    @Timeout(30)
    void whoTakesTheBackendAwayWaitsForTheCallOfACloseUnderWay() throws Exception {
        assertTakerWaitsFor(WakeupGate::close);
    }

    private void assertTakerWaitsFor(Predicate<WakeupGate> call) throws InterruptedException {
        assertEquals(0, gate.enter());
        assertTrue(call.test(gate));
        gate.leave();
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Thread closer = new Thread(() -> {
            waiting.countDown();
            gate.awaitCalls();
            done.countDown();
        });
        closer.start();
        waiting.await();

        assertFalse(done.await(20, TimeUnit.MILLISECONDS));
        gate.called();

        assertTrue(done.await(10, TimeUnit.SECONDS));
    }

    @Test
    @Timeout(60)
    void noWakeupIsLostHoweverThreadsInterleave() throws Exception {
        // A semaphore stands for the backend: a permit is a wakeup that the kernel holds.
        Semaphore kernel = new Semaphore(0);
        AtomicInteger published = new AtomicInteger();
        int rounds = 100_000;
        Thread waker = new Thread(() -> {
            for (int i = 1; i <= rounds; i++) {
                published.set(i);
                if (gate.wake()) {
                    kernel.release();
                    gate.called();
                }
            }
        });
        waker.start();
        while (published.get() < rounds) {
            int seen = published.get();
            if (gate.enter() == 0) {
                if (published.get() == seen) {
                    assertTrue(kernel.tryAcquire(20, TimeUnit.SECONDS), "asleep for ever at " + seen);
                }
                gate.leave();
                kernel.drainPermits();
            }
        }
        waker.join();
    }

    @Test
    void wakeupsAndNudgesWithNobodyAsleepLeaveNoCallToWaitFor() {
        gate.wake();
        gate.nudge();
        gate.awaitCalls();

        assertEquals(WakeupGate.WOKEN, gate.consume());
        assertEquals(0, gate.consume());
    }

    @Test
    void closeWithNobodyAsleepCallsNobody() {
        assertFalse(gate.isClosed());

        assertFalse(gate.close());

        assertTrue(gate.isClosed());
        gate.awaitCalls();
        assertEquals(WakeupGate.CLOSED, gate.consume());
        assertEquals(WakeupGate.CLOSED, gate.leave());
    }

    @Test
    void closeDoesNotSwallowAPendingWakeup() {
        gate.wake();
        gate.close();

        assertEquals(WakeupGate.WOKEN | WakeupGate.CLOSED, gate.enter());
        assertEquals(WakeupGate.CLOSED, gate.enter());
    }

    @Test
    void whoHasLeftIsNotCalled() {
        assertEquals(0, gate.enter());
        assertEquals(0, gate.leave());

        assertFalse(gate.nudge());
        assertFalse(gate.wake());
    }

    @Test
    void eachNudgeOfASleepCallsTheBackendAlsoAfterAWakeup() {
        assertEquals(0, gate.enter());

        assertTrue(gate.nudge());
        assertTrue(gate.wake());
        assertTrue(gate.nudge());

        gate.called();
        gate.called();
        gate.called();
        gate.awaitCalls();
        assertEquals(WakeupGate.WOKEN, gate.leave());
        assertFalse(gate.isClosed());
    }
}
