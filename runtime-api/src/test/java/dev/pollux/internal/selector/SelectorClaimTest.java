package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.HasFd;
import dev.pollux.NanoClock;
import dev.pollux.internal.discovery.BackendCatalog;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What changes for a thread that keeps a selector over many calls, and what does not. */
@Timeout(60)
class SelectorClaimTest {

    private static final long LONG = TimeUnit.HOURS.toNanos(1);

    private final SteppedProvider provider = new SteppedProvider(Capability.values());
    private long now;
    private int clockReadings;
    private KeyedSelector selector;

    @BeforeEach
    void open() throws IOException {
        selector = new KeyedSelector(provider, BackendCatalog.of(provider), () -> {
            clockReadings++;
            return now;
        });
    }

    @AfterEach
    void close() {
        Thread.interrupted();
        selector.close();
        selector.release();
        assertEquals(1, provider.calls.stream().filter("close"::equals).count());
    }

    /** Runs {@code call} on a thread of its own and returns what it returns or throws what it throws. */
    private static <T> T elsewhere(Callable<T> call) throws Exception {
        FutureTask<T> task = new FutureTask<>(call);
        new Thread(task, "elsewhere").start();
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static Void done(Runnable action) {
        action.run();
        return null;
    }

    private int select(long timeoutNanos) throws IOException {
        return selector.selectNanos(timeoutNanos, (key, ready) -> {});
    }

    @Test
    void anotherThreadFailsBetweenTheCallsOfTheOneThatKeepsTheSelector() throws Exception {
        selector.claim();
        selector.selectNow();

        IllegalStateException failed =
                assertThrows(IllegalStateException.class, () -> elsewhere(() -> selector.selectNow()));

        assertTrue(failed.getMessage().contains("thread elsewhere uses a selector that thread"), failed.getMessage());
        selector.release();
        assertEquals(List.of(), elsewhere(() -> selector.selectNow()));
    }

    @Test
    void claimIsTakenOverBetweenTwoCallsAndLostByTheThreadBefore() throws Exception {
        elsewhere(() -> done(selector::claim));

        selector.claim();

        selector.register(Fd.of(3), Events.READ);
        selector.claim();
        elsewhere(() -> done(selector::release));
        assertThrows(IllegalStateException.class, () -> elsewhere(() -> selector.key(Fd.of(3))));
    }

    @Test
    void claimFailsWhileAThreadIsInside() throws IOException {
        provider.step = (timeout, sink) -> {
            assertThrows(IllegalStateException.class, () -> elsewhere(() -> done(selector::claim)));
            assertThrows(IllegalStateException.class, selector::claim);
        };
        assertEquals(0, select(0));
        selector.claim();
        provider.step = (timeout, sink) ->
                assertThrows(IllegalStateException.class, () -> elsewhere(() -> done(selector::claim)));

        assertEquals(0, select(0));

        assertEquals(2, provider.timeouts.size());
    }

    @Test
    void claimIsNotGivenBackInTheMiddleOfACall() throws IOException {
        selector.claim();
        provider.step = (timeout, sink) -> assertThrows(IllegalStateException.class, selector::release);

        select(0);

        assertEquals(1, provider.timeouts.size());
    }

    @Test
    void handlerOfTheThreadThatKeepsTheSelectorMayCallItAndASourceMayNot() throws IOException {
        selector.claim();
        selector.register(Fd.of(3), Events.READ);
        provider.step = (timeout, sink) -> sink.ready(provider.tokens.get(3), Events.READ);

        int delivered = selector.selectNanos(0, (key, ready) -> {
            selector.register(Fd.of(4), Events.READ);
            assertThrows(IllegalStateException.class, selector::selectNow);
            selector.unregister(Fd.of(4));
            assertThrows(IllegalStateException.class, selector::release);
        });

        assertEquals(1, delivered);
        HasFd calling = () -> {
            selector.backend();
            return 5;
        };
        assertThrows(IllegalStateException.class, () -> selector.register(calling, Events.READ));
    }

    @Test
    void closeByTheThreadThatKeepsTheSelectorReleasesAtOnce() {
        selector.claim();

        selector.close();

        assertEquals(List.of("open", "close"), provider.calls);
    }

    @Test
    void closeByAnotherThreadIsCompletedByTheNextCallOfTheOneThatKeepsTheSelector() throws Exception {
        selector.claim();
        elsewhere(() -> done(selector::close));
        assertEquals(List.of("open"), provider.calls);

        assertThrows(ClosedSelectorException.class, selector::selectNow);

        assertEquals(List.of("open", "close"), provider.calls);
    }

    @Test
    void closeByAnotherThreadIsCompletedWhenTheClaimIsGivenBackOrTakenOver() throws Exception {
        elsewhere(() -> done(selector::claim));
        elsewhere(() -> done(selector::close));
        assertEquals(List.of("open"), provider.calls);

        selector.claim();
        selector.release();

        assertEquals(List.of("open", "close"), provider.calls);
        selector.claim();
        assertThrows(ClosedSelectorException.class, selector::selectNow);
    }

    @Test
    void closeByAnotherThreadDuringAWaitIsCompletedByItsEnd() {
        selector.claim();
        provider.step = (timeout, sink) -> {
            try {
                elsewhere(() -> done(selector::close));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        };

        assertThrows(ClosedSelectorException.class, () -> select(LONG));

        assertEquals(List.of("open", "wakeup", "close"), provider.calls);
    }

    @Test
    void selectFromAKnownMomentReadsTheClockOnlyAfterAnEarlyReturn() throws IOException {
        now = 1_000;
        provider.step = (timeout, sink) -> {
            now += 60;
            if (provider.timeouts.size() == 3) {
                selector.wakeup();
            }
        };

        assertEquals(0, selector.selectAt(900, 1_000, (key, ready) -> {}));

        assertEquals(List.of(1_000L, 1_000L - 160, 1_000L - 220), provider.timeouts);
        assertEquals(2, clockReadings);
    }

    @Test
    void selectWithoutTimeOrLimitNeverReadsTheClock() throws IOException {
        provider.step = (timeout, sink) -> selector.wakeup();

        select(0);
        select(Long.MAX_VALUE);
        select(Long.MAX_VALUE);
        selector.selectAt(5, 100, (key, ready) -> {});

        assertEquals(0, clockReadings);
    }

    @Test
    void nudgeEndsTheWaitInProgressAndNoOther() throws IOException {
        selector.nudge();
        provider.step = (timeout, sink) -> {
            selector.nudge();
            now += timeout / 2;
            if (provider.timeouts.size() == 3) {
                selector.wakeup();
            }
        };

        assertEquals(0, select(LONG));

        assertEquals(List.of(LONG, LONG / 2, LONG / 4), provider.timeouts);
        assertEquals(List.of("open", "wakeup", "wakeup", "wakeup", "wakeup"), provider.calls);
    }

    /** A thread that nudges a selector when it is interrupted. */
    private static final class Nudging extends Thread implements NudgingThread {

        private final KeyedSelector nudged;

        Nudging(KeyedSelector nudged, Runnable action) {
            super(action);
            this.nudged = nudged;
        }

        @Override
        public void interrupt() {
            super.interrupt();
            nudged.nudge();
        }

        @Override
        public boolean nudges(EventSelector selector) {
            return selector == nudged;
        }
    }

    private static void interruptByAnother(Thread thread) {
        Thread other = new Thread(thread::interrupt);
        other.start();
        while (other.isAlive()) {
            Thread.onSpinWait();
        }
    }

    private void run(KeyedSelector nudged, Callable<?> action) throws Exception {
        FutureTask<?> task = new FutureTask<>(action);
        Thread thread = new Nudging(nudged, task);
        thread.start();
        task.get();
        thread.join();
    }

    @Test
    void interruptOfAThreadThatNudgesEndsItsWaitAndStaysSet() throws Exception {
        run(selector, () -> {
            selector.claim();
            Thread me = Thread.currentThread();
            provider.step = (timeout, sink) -> interruptByAnother(me);
            assertEquals(0, select(LONG));
            assertTrue(Thread.currentThread().isInterrupted());
            provider.step = (timeout, sink) -> now += timeout;
            assertEquals(0, select(LONG));
            selector.release();
            return null;
        });

        assertEquals(List.of(LONG, LONG), provider.timeouts);
        assertEquals(List.of("open", "wakeup"), provider.calls);
    }

    @Test
    void interruptThatComesJustBeforeTheWaitTurnsItIntoALook() throws Exception {
        run(selector, () -> {
            selector.claim();
            provider.atFlush = () -> {
                if (provider.flushes == 1) {
                    Thread.currentThread().interrupt();
                }
            };
            select(LONG);
            selector.release();
            return null;
        });

        assertEquals(1, provider.timeouts.size());
        assertTrue(provider.calls.contains("wakeup") || provider.timeouts.get(0) == 0);
    }

    @Test
    void threadThatNudgesAnotherSelectorIsInterruptedAsAnyOther() throws Exception {
        KeyedSelector other = new KeyedSelector(
                new SteppedProvider(Capability.values()), BackendCatalog.of(provider), NanoClock.system());
        run(other, () -> {
            selector.claim();
            Thread me = Thread.currentThread();
            provider.step = (timeout, sink) -> interruptByAnother(me);
            assertEquals(0, select(LONG));
            selector.release();
            return null;
        });
        other.close();

        assertEquals(List.of("open", "wakeup"), provider.calls);
        assertFalse(provider.timeouts.isEmpty());
    }

    @Test
    void selectFromAKnownMomentReturnsWhatItDeliveredAndWithoutTimeLooksOnce() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        provider.step = (timeout, sink) -> sink.ready(provider.tokens.get(3), Events.READ);
        assertEquals(1, selector.selectAt(0, LONG, (key, ready) -> {}));
        provider.step = (timeout, sink) -> {};

        assertEquals(0, selector.selectAt(0, 0, (key, ready) -> {}));

        assertEquals(List.of(LONG, 0L), provider.timeouts);
    }

    @Test
    void selectFromAKnownMomentLeavesTheInterruptSetForItsHandlersAndItsCaller() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        Thread.currentThread().interrupt();
        selector.selectAt(now, LONG, (key, ready) -> {});
        List<Boolean> seen = new ArrayList<>();
        provider.step = (timeout, sink) -> {
            seen.add(Thread.currentThread().isInterrupted());
            sink.ready(provider.tokens.get(3), Events.READ);
        };

        selector.selectAt(
                now, LONG, (key, ready) -> seen.add(Thread.currentThread().isInterrupted()));

        assertEquals(List.of(false, true), seen, "while it waits, and in the handler");
        provider.step = (timeout, sink) -> now += timeout;
        selector.selectAt(now, LONG, (key, ready) -> {});
        assertTrue(Thread.currentThread().isInterrupted());
    }

    @Test
    void selectorKnowsTheClockByWhichItWaits() throws IOException {
        NanoClock clock = () -> now;
        KeyedSelector timed = new KeyedSelector(provider, BackendCatalog.of(provider), clock);

        assertTrue(timed.isTimedBy(clock));
        assertFalse(timed.isTimedBy(NanoClock.system()));
    }

    @Test
    void anotherThreadThatFindsTheSelectorClosedAndInUseLearnsOfTheClose() {
        provider.step = (timeout, sink) -> {
            selector.close();
            assertThrows(ClosedSelectorException.class, () -> elsewhere(() -> selector.backend()));
        };

        assertThrows(ClosedSelectorException.class, () -> select(LONG));

        assertEquals(1, provider.timeouts.size());
    }
}
