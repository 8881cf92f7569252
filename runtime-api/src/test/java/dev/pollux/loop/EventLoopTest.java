package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.NanoClock;
import dev.pollux.NotRegisteredException;
import dev.pollux.Selectors;
import dev.pollux.internal.selector.ScriptedProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loop by single turns with a clock that stands still, and on its own thread where threads are the point. */
@Timeout(60)
class EventLoopTest {

    private static final Duration NO_WAIT = Duration.ZERO;

    private final ScriptedProvider provider = ScriptedProvider.withEverything();
    private final List<LoopFailure> failures = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private long now = Long.MAX_VALUE - 1000;
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
                .failureLimit(3)
                .taskBudget(10);
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private void makeReady(int fd) {
        provider.current().makeReady(fd, Events.READ);
    }

    @Test
    void turnRunsTimersThenTasksThenHookThenCallbacks() throws IOException {
        loop.close();
        loop = configured()
                .beforeWait(() -> log.add("before"))
                .afterWait(() -> log.add("after"))
                .open();
        loop.register(Fd.of(3), Events.READ, (key, ready) -> log.add("callback"));
        loop.execute(() -> log.add("task"));
        loop.schedule(Duration.ZERO, () -> log.add("timer"));
        makeReady(3);

        assertTrue(loop.runOnce(NO_WAIT));

        assertEquals(List.of("timer", "task", "before", "callback", "after"), log);
    }

    @Test
    void timersRunAtTheirDeadlineInOrderAndNeverEarlier() throws IOException {
        loop.schedule(Duration.ofNanos(20), () -> log.add("second"));
        loop.schedule(Duration.ofNanos(10), () -> log.add("first"));
        loop.schedule(Duration.ofNanos(20), () -> log.add("third"));

        now += 9;
        loop.runOnce(NO_WAIT);
        assertEquals(List.of(), log);

        now += 11;
        loop.runOnce(NO_WAIT);
        assertEquals(List.of("first", "second", "third"), log);
    }

    @Test
    void hugeDelaysNeitherOverflowNorRun() throws IOException {
        TimerHandle timer = loop.schedule(Duration.ofSeconds(Long.MAX_VALUE), () -> log.add("timer"));
        loop.schedule(Duration.ofDays(400), () -> log.add("timer"));
        loop.schedule(Duration.ofSeconds(-5), () -> log.add("late"));

        loop.runOnce(NO_WAIT);

        assertEquals(List.of("late"), log);
        assertTrue(timer.isPending());
    }

    @Test
    void cancelledTimerDoesNotRunEvenIfItIsDueInTheSameTurn() throws IOException {
        AtomicReference<TimerHandle> second = new AtomicReference<>();
        loop.schedule(Duration.ZERO, () -> log.add("cancels " + second.get().cancel()));
        second.set(loop.schedule(Duration.ZERO, () -> log.add("cancelled")));

        loop.runOnce(NO_WAIT);

        assertEquals(List.of("cancels true"), log);
        assertFalse(second.get().isPending());
        assertFalse(second.get().cancel());
    }

    @Test
    void timerThatSchedulesItselfAtOnceStarvesNobody() throws IOException {
        loop.register(Fd.of(3), Events.READ, (key, ready) -> log.add("callback"));
        loop.execute(() -> log.add("task"));
        loop.schedule(Duration.ZERO, new Runnable() {
            @Override
            public void run() {
                log.add("timer");
                loop.schedule(Duration.ZERO, this);
            }
        });
        makeReady(3);

        loop.runOnce(NO_WAIT);

        assertEquals(List.of("timer", "task", "callback"), log);
    }

    @Test
    void tasksBeyondTheBudgetWaitForTheNextTurn() throws IOException {
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 15; i++) {
            loop.execute(ran::incrementAndGet);
        }

        loop.runOnce(Duration.ofSeconds(30));
        assertEquals(10, ran.get());
        loop.runOnce(NO_WAIT);
        assertEquals(15, ran.get());
    }

    @Test
    void taskThatSubmitsItselfForEverLetsCallbacksRun() throws IOException {
        loop.register(Fd.of(3), Events.READ, (key, ready) -> log.add("callback"));
        loop.execute(new Runnable() {
            @Override
            public void run() {
                loop.execute(this);
            }
        });
        makeReady(3);

        loop.runOnce(NO_WAIT);

        assertEquals(List.of("callback"), log);
        assertEquals(10, loop.metrics().tasks());
    }

    @Test
    void whatThrowsGoesToTheHandlerAndAffectsNothingElse() throws IOException {
        loop.close();
        loop = configured()
                .beforeWait(() -> {
                    throw new IllegalStateException("hook");
                })
                .open();
        loop.register(Fd.of(3), Events.READ, (key, ready) -> {
            throw new IOException("callback");
        });
        loop.register(Fd.of(4), Events.READ, (key, ready) -> log.add("other"));
        loop.execute(() -> {
            throw new AssertionError("task");
        });
        loop.schedule(Duration.ZERO, () -> {
            throw new IllegalStateException("timer");
        });
        makeReady(3);
        makeReady(4);

        loop.runOnce(NO_WAIT);

        assertEquals(List.of("other"), log);
        assertEquals(
                List.of("timer", "task", "hook", "callback"),
                failures.stream().map(f -> f.error().getMessage()).toList());
        assertEquals(3, failures.get(3).key().fd());
        assertEquals(4, loop.metrics().failures());
    }

    @Test
    void failureHandlerThatThrowsIsSurvived() throws IOException {
        loop.close();
        loop = configured()
                .failureHandler(failure -> {
                    throw new IllegalStateException("handler");
                })
                .open();
        loop.execute(() -> {
            throw new IllegalStateException("task");
        });
        loop.execute(() -> log.add("next"));

        loop.runOnce(NO_WAIT);

        assertEquals(List.of("next"), log);
    }

    @Test
    void callbackThatFailsEveryTimeIsPausedAfterTheLimit() throws IOException {
        Registration registration = loop.register(Fd.of(3), Events.READ, (key, ready) -> {
            throw new IOException("always");
        });
        for (int i = 0; i < 3; i++) {
            makeReady(3);
            loop.runOnce(NO_WAIT);
        }

        assertEquals(3, failures.size());
        assertEquals(Events.NONE, registration.key().events());
        assertTrue(registration.isActive());
        registration.resume();
        assertEquals(Events.READ, registration.key().events());
    }

    @Test
    void virtualMachineErrorEndsTheLoopVisibly() {
        loop.execute(() -> {
            throw new OutOfMemoryError("none left");
        });

        assertThrows(OutOfMemoryError.class, () -> loop.runOnce(NO_WAIT));

        assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
        assertTrue(provider.current().closed);
    }

    @Test
    void registrationsCanBeModifiedPausedResumedAndCancelled() throws IOException {
        Registration registration = loop.register(Fd.of(3), Events.READ, (key, ready) -> log.add("callback"));
        assertSame(registration, Registration.of(registration.key()));

        registration.pause();
        assertEquals(Events.NONE, registration.key().events());
        registration.resume();
        assertEquals(Events.READ, registration.key().events());
        registration.modify(Events.WRITE);
        assertEquals(Events.WRITE, registration.key().events());
        registration.cancel();
        registration.cancel();

        assertFalse(registration.isActive());
        assertThrows(NotRegisteredException.class, registration::resume);
        assertEquals(0, provider.current().watched.size());
    }

    @Test
    void stopBeforeRunLetsOneTurnRun() throws IOException {
        loop.execute(() -> log.add("task"));
        loop.stop();

        loop.run();

        assertEquals(List.of("task"), log);
        assertEquals(1, loop.metrics().turns());
    }

    @Test
    void stoppedLoopRunsAgain() throws Exception {
        Thread first = loop.start();
        loop.stop();
        first.join();

        CompletableFuture<Thread> ran = new CompletableFuture<>();
        Thread second = loop.start();
        loop.execute(() -> ran.complete(Thread.currentThread()));

        assertSame(second, ran.get(10, TimeUnit.SECONDS));
    }

    @Test
    void runningTwiceIsRefused() throws Exception {
        Thread thread = loop.start();
        CountDownLatch running = new CountDownLatch(1);
        loop.execute(running::countDown);
        running.await();

        IllegalStateException refused = assertThrows(IllegalStateException.class, loop::run);

        assertTrue(refused.getMessage().contains(thread.getName()), refused.getMessage());
        assertThrows(IllegalStateException.class, loop::start);
    }

    @Test
    void otherThreadsRegisterOnASleepingLoop() throws Exception {
        loop.start();
        CompletableFuture<Boolean> inLoop = new CompletableFuture<>();

        Registration registration =
                loop.register(Fd.of(3), Events.READ, (key, ready) -> inLoop.complete(loop.inLoop()));
        makeReady(3);

        assertTrue(inLoop.get(10, TimeUnit.SECONDS));
        registration.cancel();
        assertEquals(0, provider.current().watched.size());
    }

    @Test
    void refusalReachesTheThreadThatRegisters() {
        loop.start();
        provider.refused.add(3);

        IOException refused =
                assertThrows(IOException.class, () -> loop.register(Fd.of(3), Events.READ, (key, ready) -> {}));

        assertEquals("refused on fd 3", refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> loop.register(Fd.of(3), 1 << 20, (key, ready) -> {}));
    }

    @Test
    void timerOfAnotherThreadWakesASleepingLoop() throws Exception {
        loop.close();
        loop = configured().clock(NanoClock.system()).open();
        loop.start();
        CountDownLatch ran = new CountDownLatch(2);

        loop.schedule(Duration.ofMillis(1), ran::countDown);
        loop.schedule(Duration.ofNanos(1), ran::countDown);

        assertTrue(ran.await(10, TimeUnit.SECONDS));
    }

    @Test
    void timerCancelledByAnotherThreadDoesNotRun() throws Exception {
        loop.start();
        AtomicBoolean ran = new AtomicBoolean();
        TimerHandle timer = loop.schedule(Duration.ofNanos(1), () -> ran.set(true));

        assertTrue(timer.cancel());
        CompletableFuture<Void> later = new CompletableFuture<>();
        loop.execute(() -> {
            now += 100;
            loop.execute(() -> later.complete(null));
        });
        later.get(10, TimeUnit.SECONDS);

        assertFalse(ran.get());
    }

    @Test
    void floodOfTasksWhileTheLoopIsBusyMakesAtMostOneWakeupPerSleep() throws Exception {
        loop.close();
        loop = configured().taskBudget(100).open();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        loop.start();
        loop.execute(() -> {
            busy.countDown();
            awaitQuietly(go);
        });
        busy.await();
        int before = provider.current().wakeups;
        AtomicInteger ran = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(10_000);

        for (int i = 0; i < 10_000; i++) {
            loop.execute(() -> {
                ran.incrementAndGet();
                all.countDown();
            });
        }
        int whileBusy = provider.current().wakeups - before;
        go.countDown();
        assertTrue(all.await(20, TimeUnit.SECONDS));

        assertEquals(0, whileBusy);
        assertEquals(10_000, ran.get());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void tasksOfOneThreadRunInOrder() throws Exception {
        loop.start();
        List<Integer> order = new ArrayList<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        for (int i = 0; i < 5000; i++) {
            int number = i;
            loop.execute(() -> order.add(number));
        }
        loop.execute(() -> done.complete(null));
        done.get(20, TimeUnit.SECONDS);

        for (int i = 0; i < 5000; i++) {
            assertEquals(i, order.get(i));
        }
    }

    @Test
    void interruptWakesTheLoopAndIsSetAgainWhenRunReturns() throws Exception {
        AtomicBoolean interruptedInTask = new AtomicBoolean(true);
        AtomicBoolean interruptedAfter = new AtomicBoolean();
        CountDownLatch running = new CountDownLatch(1);
        Thread runner = new Thread(() -> {
            try {
                loop.run();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            interruptedAfter.set(Thread.currentThread().isInterrupted());
        });
        runner.start();
        loop.execute(running::countDown);
        running.await();
        LoopThreads.untilAsleep(provider);
        long turns = loop.metrics().turns();

        runner.interrupt();
        LoopThreads.until(() -> loop.metrics().turns() > turns);
        CountDownLatch told = new CountDownLatch(1);
        loop.execute(() -> {
            interruptedInTask.set(Thread.currentThread().isInterrupted());
            told.countDown();
        });
        told.await();
        loop.stop();
        runner.join();

        assertFalse(interruptedInTask.get());
        assertTrue(interruptedAfter.get());
    }

    @Test
    void closeRunsAcceptedTasksAndRefusesLaterOnes() throws IOException {
        loop.execute(() -> log.add("accepted"));
        TimerHandle timer = loop.schedule(Duration.ofDays(1), () -> log.add("timer"));

        loop.close();
        loop.close();

        assertEquals(List.of("accepted"), log);
        assertFalse(timer.isPending());
        assertTrue(provider.current().closed);
        assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
        assertThrows(RejectedExecutionException.class, () -> loop.schedule(Duration.ZERO, () -> {}));
        assertThrows(IllegalStateException.class, loop::run);
        assertThrows(IllegalStateException.class, loop::start);
    }

    @Test
    void closeFromAnotherThreadEndsASleepingLoop() throws Exception {
        Thread thread = loop.start();
        CountDownLatch running = new CountDownLatch(1);
        loop.execute(running::countDown);
        running.await();

        loop.close();

        thread.join(10_000);
        assertFalse(thread.isAlive());
        assertTrue(provider.current().closed);
    }

    @Test
    void closeEndsEvenIfTheBackendDoesNotLetGo() throws Exception {
        Thread thread = loop.start();
        CountDownLatch running = new CountDownLatch(1);
        loop.execute(running::countDown);
        running.await();
        thread.setUncaughtExceptionHandler((t, e) -> log.add(e.getMessage()));
        provider.current().closeFailure = new IllegalStateException("stuck");

        loop.close();
        thread.join();

        assertEquals(List.of("stuck"), log);
        assertFalse(loop.isOpen());
    }

    @Test
    void closeInsideACallbackEndsTheLoopAfterTheTurn() throws IOException {
        loop.register(Fd.of(3), Events.READ, (key, ready) -> {
            loop.close();
            log.add("after close");
        });
        makeReady(3);

        loop.run();

        assertEquals(List.of("after close"), log);
        assertTrue(provider.current().closed);
    }

    @Test
    void registryWorksOverABareSelector() throws IOException {
        try (var selector = Selectors.open(provider)) {
            CallbackRegistry registry = new CallbackRegistry(selector);
            Registration registration = registry.register(Fd.of(3), Events.READ, (key, ready) -> log.add("ready"));
            makeReady(3);

            assertEquals(1, registry.dispatch(Duration.ofSeconds(30)));
            assertEquals(List.of("ready"), log);
            registration.cancel();
            assertEquals(0, selector.keys().size());
        }
    }

    @Test
    void settingsBelowOneAreRefused() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> EventLoop.builder().taskBudget(0));

        assertTrue(refused.getMessage().contains("taskBudget 0"), refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> EventLoop.builder().failureLimit(-1));
    }
}
