package dev.pollux.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.internal.loop.Lifecycle.Call;
import dev.pollux.internal.loop.Lifecycle.Leave;
import dev.pollux.internal.loop.Lifecycle.Phase;
import dev.pollux.loop.LoopThreads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Phases, and which thread drives the loop, without a loop. */
@Timeout(60)
class LifecycleTest {

    private static final BooleanSupplier YES = Boolean.TRUE::booleanValue;
    private static final BooleanSupplier NO = Boolean.FALSE::booleanValue;

    private final Lifecycle life = new Lifecycle();

    /** Returns what {@code action} returns on a thread of its own. */
    private static <T> T elsewhere(Supplier<T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        new Thread(() -> result.completeAsync(action, Runnable::run)).start();
        return result.orTimeout(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS).join();
    }

    private static Lifecycle in(Phase phase) {
        Lifecycle reached = new Lifecycle();
        switch (phase) {
            case OPEN -> {}
            case SHUTDOWN -> reached.call(Call.SHUTDOWN);
            case CLOSING -> reached.call(Call.CLOSE);
            case ENDED -> {
                reached.call(Call.CLOSE);
                reached.released();
            }
        }
        assertSame(phase, reached.phase());
        return reached;
    }

    @Test
    void everyCallInEveryPhaseLeadsToThePhaseOfTheTableOrCannotHappen() {
        List<String> table = new ArrayList<>();

        for (Phase phase : Phase.values()) {
            for (Call call : Call.values()) {
                Lifecycle reached = in(phase);
                String after;
                try {
                    reached.call(call);
                    after = reached.phase().name();
                } catch (AssertionError impossible) {
                    assertSame(phase, reached.phase());
                    after = "-";
                }
                table.add(phase + " " + call + " " + after);
            }
        }

        assertEquals(
                List.of(
                        "OPEN SHUTDOWN SHUTDOWN",
                        "OPEN CLOSE CLOSING",
                        "OPEN DRAINED -",
                        "OPEN FAIL CLOSING",
                        "OPEN RELEASED -",
                        "SHUTDOWN SHUTDOWN SHUTDOWN",
                        "SHUTDOWN CLOSE CLOSING",
                        "SHUTDOWN DRAINED CLOSING",
                        "SHUTDOWN FAIL CLOSING",
                        "SHUTDOWN RELEASED -",
                        "CLOSING SHUTDOWN CLOSING",
                        "CLOSING CLOSE CLOSING",
                        "CLOSING DRAINED CLOSING",
                        "CLOSING FAIL CLOSING",
                        "CLOSING RELEASED ENDED",
                        "ENDED SHUTDOWN ENDED",
                        "ENDED CLOSE ENDED",
                        "ENDED DRAINED -",
                        "ENDED FAIL -",
                        "ENDED RELEASED -"),
                table);
    }

    @Test
    void onlyAnOpenLoopIsOpenAndOneThatClosesOrHasEndedIsEnding() {
        for (Phase phase : Phase.values()) {
            assertEquals(phase == Phase.OPEN, in(phase).isOpen(), phase::name);
            assertEquals(
                    phase == Phase.CLOSING || phase == Phase.ENDED, in(phase).isEnding(), phase::name);
        }
    }

    @Test
    void theOneThatClosesWhileNoneDrivesBecomesTheDriver() {
        assertFalse(life.call(Call.SHUTDOWN));
        assertNull(life.driver());

        assertTrue(life.call(Call.CLOSE));

        assertTrue(life.isDriver());
        assertSame(Thread.currentThread(), life.driver());
        assertFalse(life.call(Call.CLOSE), "it drives already");
        assertFalse(elsewhere(() -> life.call(Call.CLOSE)), "another one drives");
        assertSame(Leave.END, life.leave(YES, NO));
        assertTrue(life.isDriver(), "until the end is done");
        life.released();
        assertNull(life.driver());
        assertFalse(life.call(Call.CLOSE), "nothing is left to do");
        assertNull(life.driver());
    }

    @Test
    void oneThatClosesWhileAnotherDrivesLeavesTheEndToIt() {
        assertTrue(life.visit());

        assertFalse(elsewhere(() -> life.call(Call.FAIL)));

        assertTrue(life.isDriver());
        assertSame(Leave.END, life.leave(NO, NO));
    }

    @Test
    void aVisitorIsAloneAndTheNextOneComesWhenItHasLeft() {
        assertTrue(life.visit());
        assertFalse(life.visit());
        assertFalse(elsewhere(life::visit));
        assertFalse(elsewhere(life::isDriver));

        assertSame(Leave.LEFT, life.leave(NO, NO));

        assertFalse(life.isDriver());
        assertTrue(elsewhere(life::visit));
    }

    @Test
    void noneVisitsALoopThatRunsOrHasEnded() {
        assertNull(life.begin());
        assertFalse(elsewhere(life::visit));

        assertFalse(in(Phase.ENDED).visit());
        assertTrue(in(Phase.SHUTDOWN).visit());
    }

    @Test
    void aDriverThatIsWantedStays() {
        assertNull(life.begin());
        life.beginCall();

        assertSame(Leave.WANTED, life.leave(YES, NO));

        assertTrue(life.isDriver());
        life.endCall();
        assertSame(Leave.LEFT, life.leave(NO, NO));
    }

    @Test
    void aDriverIsAskedForNothingWhileNoCallWaits() {
        assertNull(life.begin());

        assertSame(Leave.LEFT, life.leave(YES, YES));

        assertNull(life.driver());
    }

    /** A driver that has to look further is asked whether it is wanted, and this one would be. */
    private void leavesWithoutBeingAsked() {
        assertTrue(life.isDriver());
        assertSame(Leave.LEFT, life.leave(YES, YES));
    }

    @Test
    void aDriverIsAskedForNothingOnceNoCallWaitsAnyMore() {
        life.beginCall();
        assertNull(life.begin());
        life.endCall();

        leavesWithoutBeingAsked();
    }

    @Test
    void aDriverIsAskedForNothingBecauseAnotherThreadCouldNotRunOrStartTheLoop() {
        assertNull(life.begin());
        assertNotNull(elsewhere(life::begin));
        assertNotNull(elsewhere(life::reserve));

        leavesWithoutBeingAsked();
    }

    @Test
    void aDriverIsAskedForNothingBecauseOfAReservationThatIsOver() {
        assertNull(life.reserve());
        life.reservedFor(null);
        assertNull(life.begin());
        leavesWithoutBeingAsked();

        assertNull(life.reserve());
        life.reservedFor(Thread.currentThread());
        assertNull(life.begin());
        leavesWithoutBeingAsked();

        assertNull(elsewhere(life::begin), "the thread that it was for has run it");
    }

    @Test
    void aDriverIsAskedForNothingOnceItWasInterrupted() {
        life.interruptDriver();
        assertNull(life.begin());
        life.interruptDriver();
        elsewhere(() -> {
            life.interruptDriver();
            return null;
        });
        assertTrue(Thread.interrupted());

        leavesWithoutBeingAsked();
    }

    @Test
    void aThreadThatStepsALoopFindsWhatAnotherHasDoneBetweenTwoSteps() {
        assertNull(life.begin());
        assertSame(Leave.LEFT, life.leave(NO, NO));
        assertNull(elsewhere(life::reserve));
        assertTrue(assertNotNullAndGet(life.begin()).contains("is being started"));
        elsewhere(() -> {
            life.reservedFor(null);
            return null;
        });
        assertNull(life.begin());
        assertFalse(elsewhere(() -> life.call(Call.CLOSE)));

        assertSame(Leave.END, life.leave(NO, NO));
    }

    @Test
    void aDriverThatLeavesALoopThatWasShutDownEndsItIfNothingIsLeftToWaitFor() {
        assertTrue(life.visit());
        assertFalse(elsewhere(() -> life.call(Call.SHUTDOWN)));

        assertSame(Leave.WANTED, life.leave(YES, NO));
        assertSame(Phase.SHUTDOWN, life.phase());
        assertSame(Leave.END, life.leave(YES, YES));
        assertSame(Phase.CLOSING, life.phase());
        assertTrue(life.isDriver());
    }

    @Test
    void aDriverThatLeavesAnOpenLoopDoesNotEndItForWantOfWork() {
        assertTrue(life.visit());

        assertSame(Leave.LEFT, life.leave(NO, YES));

        assertSame(Phase.OPEN, life.phase());
    }

    @Test
    void aLoopRunsOnOneThreadAtATime() {
        assertNull(life.begin());

        String running = "runs on thread " + Thread.currentThread().getName() + " already";
        assertTrue(assertNotNullAndGet(life.begin()).contains(running));
        assertTrue(assertNotNullAndGet(elsewhere(life::begin)).contains(running));
        assertTrue(assertNotNullAndGet(life.reserve()).contains("runs on thread "));

        assertSame(Leave.LEFT, life.leave(NO, NO));
        assertNull(elsewhere(life::begin));
    }

    private static String assertNotNullAndGet(String obstacle) {
        assertNotNull(obstacle);
        return obstacle;
    }

    @Test
    void aVisitorCannotRunTheLoopItIsIn() {
        assertTrue(life.visit());

        assertTrue(assertNotNullAndGet(life.begin()).contains("in use by this thread"));
    }

    @Test
    void theOneThatIsToRunTheLoopWaitsForAVisitor() throws Exception {
        assertTrue(life.visit());
        CompletableFuture<Boolean> drives = new CompletableFuture<>();
        Thread runner = new Thread(() -> {
            life.begin();
            drives.complete(life.isDriver());
        });
        runner.start();
        LoopThreads.until(() -> runner.getState() == Thread.State.WAITING);
        assertFalse(drives.isDone());

        life.leave(NO, NO);

        assertTrue(drives.get(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void theOneThatWaitsForAVisitorLearnsThatTheVisitorHasEndedTheLoop() throws Exception {
        assertTrue(life.visit());
        CompletableFuture<String> obstacle = new CompletableFuture<>();
        Thread runner = new Thread(() -> obstacle.complete(life.begin()));
        runner.start();
        LoopThreads.until(() -> runner.getState() == Thread.State.WAITING);

        life.call(Call.CLOSE);
        life.released();

        assertEquals("is closed", obstacle.get(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void aLoopThatIsClosedIsNeitherRunNorStarted() {
        for (Phase phase : List.of(Phase.CLOSING, Phase.ENDED)) {
            assertEquals("is closed", in(phase).begin());
            assertEquals("is closed", in(phase).reserve());
        }
        assertNull(in(Phase.SHUTDOWN).begin());
        assertNull(in(Phase.SHUTDOWN).reserve());
    }

    @Test
    void aReservedLoopIsRunByTheThreadItIsReservedForAndNoOther() {
        assertNull(life.reserve());
        assertTrue(assertNotNullAndGet(life.reserve()).contains("is being started"));
        assertTrue(assertNotNullAndGet(life.begin()).contains("is being started"));
        CompletableFuture<String> obstacle = new CompletableFuture<>();
        Thread started = new Thread(() -> obstacle.complete(life.begin()));
        life.reservedFor(started);
        assertTrue(assertNotNullAndGet(life.reserve()).contains("is being started"));
        assertTrue(assertNotNullAndGet(life.begin()).contains("is being started"));

        started.start();

        assertNull(obstacle.orTimeout(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS)
                .join());
        assertSame(started, life.driver());
    }

    @Test
    void aReservationThatComesToNothingLeavesTheLoopFree() {
        assertNull(life.reserve());

        life.reservedFor(null);

        assertNull(life.reserve());
        life.reservedFor(null);
        assertNull(life.begin());
    }

    @Test
    void aReservedLoopIsVisitedAndClosedWithoutItsThread() {
        assertNull(life.reserve());
        assertTrue(life.visit());
        assertSame(Leave.LEFT, life.leave(NO, NO));

        assertTrue(life.call(Call.CLOSE));
    }

    /** A thread that notes interrupts, and stays in the call that interrupts it until it may go on. */
    private static final class Interruptible extends Thread {

        final CountDownLatch interrupting = new CountDownLatch(1);
        final CountDownLatch mayGoOn = new CountDownLatch(1);

        Interruptible(Runnable task) {
            super(task);
        }

        @Override
        public void interrupt() {
            interrupting.countDown();
            LoopThreads.await(mayGoOn);
            super.interrupt();
        }
    }

    @Test
    void onlyAThreadThatRunsTurnsIsInterruptedAndNotByItself() {
        life.interruptDriver();
        life.begin();
        life.interruptDriver();
        assertFalse(Thread.interrupted());

        elsewhere(() -> {
            life.interruptDriver();
            return null;
        });
        assertTrue(Thread.interrupted());
        life.leave(NO, NO);

        life.visit();
        elsewhere(() -> {
            life.interruptDriver();
            return null;
        });
        assertFalse(Thread.interrupted());
    }

    @Test
    void anInterruptIsSentWithoutTheLockAndReachesTheThreadBeforeItLeaves() throws Exception {
        interruptReachesTheDriverBefore(
                () -> life.leave(NO, NO), () -> assertFalse(elsewhere(() -> life.call(Call.SHUTDOWN))));
    }

    @Test
    void anInterruptReachesTheThreadBeforeItLeavesALoopThatNothingElseHappensTo() throws Exception {
        interruptReachesTheDriverBefore(() -> life.leave(NO, NO), () -> {});
    }

    @Test
    void anInterruptReachesTheThreadBeforeItHasEndedTheLoop() throws Exception {
        interruptReachesTheDriverBefore(life::released, () -> assertFalse(elsewhere(() -> life.call(Call.CLOSE))));
    }

    /** Has another thread be about to interrupt the driver, and something happen meanwhile, when the driver departs. */
    private void interruptReachesTheDriverBefore(Runnable departure, Runnable meanwhile) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayLeave = new CountDownLatch(1);
        CountDownLatch departs = new CountDownLatch(1);
        CompletableFuture<Boolean> interruptedWhenItLeft = new CompletableFuture<>();
        Interruptible driver = new Interruptible(() -> {
            life.begin();
            begun.countDown();
            boolean early = awaitEvenIfInterrupted(mayLeave);
            departs.countDown();
            departure.run();
            interruptedWhenItLeft.complete(early || Thread.interrupted());
        });
        driver.start();
        LoopThreads.await(begun);
        Thread interrupter = new Thread(life::interruptDriver);
        interrupter.start();
        LoopThreads.await(driver.interrupting);

        // What another thread's interrupt does takes its time, and no one waits for it.
        meanwhile.run();
        mayLeave.countDown();
        LoopThreads.await(departs);
        LoopThreads.until(() -> driver.getState() == Thread.State.WAITING || interruptedWhenItLeft.isDone());
        assertSame(driver, life.driver());
        driver.mayGoOn.countDown();

        assertTrue(interruptedWhenItLeft.get(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS));
        interrupter.join();
        assertNull(life.driver());
    }

    private static boolean awaitEvenIfInterrupted(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    @Test
    void closesShutdownsAndFailuresOfManyThreadsMakeOneOfThemEndTheLoop() throws Exception {
        Call[] calls = {Call.CLOSE, Call.SHUTDOWN, Call.FAIL, Call.CLOSE};
        for (int round = 0; round < 500; round++) {
            Lifecycle contended = new Lifecycle();
            CountDownLatch start = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            List<Call> enders = Collections.synchronizedList(new ArrayList<>());
            for (Call call : calls) {
                Thread thread = new Thread(() -> {
                    LoopThreads.await(start);
                    if (contended.isEnding() && call == Call.FAIL) {
                        return; // no one drives it then who could fail
                    }
                    if (contended.call(call)) {
                        enders.add(call);
                    }
                });
                thread.start();
                threads.add(thread);
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }

            assertSame(Phase.CLOSING, contended.phase());
            assertEquals(1, enders.size());
        }
    }

    @Test
    void theEndOfALoopThatDoesNotEndIsAnError() {
        assertThrows(AssertionError.class, life::released);
    }
}
