package dev.pollux.tck.rules;

import static dev.pollux.Events.READ;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.tck.source.Descriptors;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** SEL: how long a select waits, and what ends it. */
public interface TimeoutRules extends RuleGroup {

    /** Never longer than any wait can be told apart from. */
    List<Duration> NO_TIME = List.of(
            Duration.ZERO,
            Duration.ofNanos(-1),
            Duration.ofSeconds(-1),
            Duration.ofDays(-400),
            Duration.ofSeconds(Long.MIN_VALUE));

    /** Longer than a 32-bit count of milliseconds, a 64-bit count of nanoseconds, or anything else holds. */
    List<Duration> VERY_LONG = List.of(
            Duration.ofMillis(1L << 31),
            Duration.ofMillis((1L << 32) + 1),
            Duration.ofDays(400),
            Duration.ofNanos(Long.MAX_VALUE),
            Duration.ofNanos(Long.MAX_VALUE).plusNanos(1),
            Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));

    /** Faster than this no profiler is, and early returns that come much faster mean a broken backend. */
    Duration SIGNAL_PACE = Duration.ofMillis(1);

    @Test
    @Rule("SEL-5")
    default void withoutTimeASelectDoesNotWait() throws IOException {
        selector().register(sources().duplex().fileobj(), READ, null);
        long start = System.nanoTime();

        assertEquals(List.of(), selector().selectNow());
        for (Duration timeout : NO_TIME) {
            assertEquals(List.of(), selector().select(timeout), timeout::toString);
        }
        assertEquals(0, selector().selectNanos(0, (key, ready) -> {}));
        assertEquals(0, selector().selectNanos(-1, (key, ready) -> {}));
        assertEquals(0, selector().selectNanos(Long.MIN_VALUE, (key, ready) -> {}));

        assertEquals(0, calls().sleeps());
        Duration taken = Duration.ofNanos(System.nanoTime() - start);
        assertTrue(taken.compareTo(fixture().soon()) < 0, () -> "selects that must not wait took " + taken);
    }

    @Test
    @Rule("SEL-5")
    default void withoutTimeASelectReportsWhatIsReady() throws IOException {
        TestSource source = sources().duplex();
        SelectorKey key = selector().register(source.fileobj(), READ, null);
        source.makeReadable();
        fixture().awaitReady(source, READ);

        assertEquals(List.of(new Ready(key, READ)), selector().selectNow());
        for (Duration timeout : NO_TIME) {
            assertEquals(List.of(new Ready(key, READ)), selector().select(timeout), timeout::toString);
        }
        assertEquals(1, selector().selectNanos(-1, (same, ready) -> assertEquals(key, same)));
    }

    @Test
    @Rule("SEL-6")
    default void aTimedSelectNeverEndsEarlyNorSpins() throws IOException {
        selector().register(sources().duplex().fileobj(), READ, null);

        for (long micros : new long[] {1, 100, 900, 1_000, 1_001, 3_100, 10_000}) {
            for (int i = 0; i < 5; i++) {
                assertWaitsAtLeast(Duration.ofNanos(micros * 1_000));
            }
        }
    }

    private void assertWaitsAtLeast(Duration timeout) throws IOException {
        long sleeps = calls().sleeps();
        long start = System.nanoTime();
        List<Ready> reported = selector().select(timeout);
        Duration waited = Duration.ofNanos(System.nanoTime() - start);

        assertEquals(List.of(), reported);
        assertTrue(waited.compareTo(timeout) >= 0, () -> "asked for " + timeout + ", waited " + waited);
        fixture().assertSleptSince(sleeps);
    }

    @Test
    @Rule("SEL-6")
    default void wholeMillisecondsAreNotRoundedUpFurther() throws IOException {
        Duration timeout = Duration.ofMillis(2);
        Duration oneTooMany = timeout.plusMillis(1);

        // One prompt return in many is proof: a wait that is always rounded up is always late.
        for (int i = 0; i < 200; i++) {
            long start = System.nanoTime();
            selector().select(timeout);
            if (System.nanoTime() - start < oneTooMany.toNanos()) {
                return;
            }
        }
        throw new AssertionError("every wait of " + timeout + " took " + oneTooMany + " or more");
    }

    @Test
    @Rule("SEL-6")
    default void aVeryLongTimeoutWaits() throws Exception {
        for (Duration timeout : VERY_LONG) {
            long sleeps = calls().sleeps();
            Future<List<Ready>> select = fixture().background(() -> selector().select(timeout));
            fixture().await(() -> calls().sleeps() > sleeps, "a select of " + timeout + " waits");

            assertFalse(select.isDone(), timeout::toString);
            selector().wakeup();

            assertEquals(List.of(), fixture().result(select));
            fixture().assertSleptSince(sleeps);
        }
    }

    @Test
    @Rule("SEL-6")
    default void aVeryLongTimeoutReportsWhatIsReady() throws IOException {
        TestSource source = sources().reader();
        SelectorKey key = selector().register(source.fileobj(), READ, null);
        source.makeReadable();

        for (Duration timeout : VERY_LONG) {
            assertEquals(List.of(new Ready(key, READ)), selector().select(timeout), timeout::toString);
        }
    }

    @Test
    @Rule("SEL-7")
    default void withNothingRegisteredASelectSleepsItsTime() throws IOException {
        assertWaitsAtLeast(Fixture.QUIET);

        Object source = sources().duplex().fileobj();
        selector().register(source, READ, null);
        selector().unregister(source);
        assertWaitsAtLeast(Fixture.QUIET);
    }

    @Test
    @Rule({"SEL-7", "WAKE-1"})
    default void withNothingRegisteredASelectCanBeWoken() throws Exception {
        Future<List<Ready>> select = fixture().backgroundSelect();

        selector().wakeup();

        assertEquals(List.of(), fixture().result(select));
    }

    @Test
    @Rule("SEL-8")
    default void aWaitThatTheBackendCutsShortGoesOn() throws IOException {
        fixture().faults.returnEarly(20);
        long sleeps = calls().sleeps();
        long start = System.nanoTime();

        assertEquals(List.of(), selector().select(Fixture.QUIET));

        assertTrue(System.nanoTime() - start >= Fixture.QUIET.toNanos(), "ended early");
        assertTrue(calls().sleeps() - sleeps >= 20, "waited again each time");
    }

    @Test
    @Rule("SEL-8")
    default void aSignalNeitherEndsNorStretchesAWait() throws Exception {
        Descriptors system = fixture().descriptors();
        if (system.currentThread() == 0) {
            throw new TestAbortedException("needs Descriptors.signal");
        }
        // On a busy machine the first wait may be over before a signal comes.
        Duration timeout = Fixture.QUIET.multipliedBy(4);
        while (!isSignalled(system, timeout)) {
            timeout = timeout.multipliedBy(4);
            assertTrue(timeout.compareTo(fixture().soon()) < 0, "a signal arrives during the wait");
        }
    }

    /** Selects with signals, and returns whether one came during the wait. */
    private boolean isSignalled(Descriptors system, Duration timeout) throws Exception {
        long[] selecting = new long[1];
        AtomicBoolean ended = new AtomicBoolean();
        long before = calls().sleeps();
        // A thread that is gone must not be signalled, so this one stays until no one does.
        CountDownLatch noMoreSignals = new CountDownLatch(1);
        Future<Duration> select = fixture().background(() -> {
            selecting[0] = system.currentThread();
            long start = System.nanoTime();
            try {
                assertEquals(List.of(), selector().select(timeout));
                return Duration.ofNanos(System.nanoTime() - start);
            } finally {
                ended.set(true);
                noMoreSignals.await();
            }
        });
        try {
            fixture().await(() -> calls().sleeps() > before, "another thread waits in select");
            // At the pace of a profiler: without a pause, a thread does nothing but handle signals.
            long begun = System.nanoTime();
            while (!ended.get()) {
                assertTrue(
                        System.nanoTime() - begun
                                < timeout.plus(fixture().soon()).toNanos(),
                        () -> "signals stretch a wait of " + timeout);
                long sleeps = calls().sleeps();
                long sent = System.nanoTime();
                system.signal(selecting[0]);
                fixture()
                        .await(
                                () -> ended.get()
                                        || (calls().sleeps() > sleeps
                                                && System.nanoTime() - sent > SIGNAL_PACE.toNanos())
                                        || System.nanoTime() - sent > timeout.toNanos() / 20,
                                "the signal arrives");
            }
        } finally {
            noMoreSignals.countDown();
        }

        Duration waited = fixture().result(select);
        assertTrue(waited.compareTo(timeout) >= 0, () -> "ended early, after " + waited);
        return calls().sleeps() > before + 1;
    }

    @Test
    @Rule("SEL-9")
    default void anInterruptEndsTheWaitAndStaysSet() throws Exception {
        Thread[] selecting = new Thread[1];
        Future<Boolean> select = fixture().background(() -> {
            selecting[0] = Thread.currentThread();
            assertEquals(List.of(), selector().select());
            return Thread.currentThread().isInterrupted();
        });
        fixture().await(() -> calls().sleeps() > 0, "another thread waits in select");

        selecting[0].interrupt();

        assertTrue(fixture().result(select), "the status is kept");
        assertTrue(selector().isOpen());
    }

    @Test
    @Rule("SEL-9")
    default void anInterruptFromBeforeEndsOneSelectOnly() throws IOException {
        TestSource source = sources().reader();
        selector().register(source.fileobj(), READ, null);
        Thread.currentThread().interrupt();

        assertEquals(List.of(), selector().select(fixture().soon()));
        assertEquals(0, calls().sleeps());
        assertTrue(Thread.currentThread().isInterrupted());

        assertWaitsAtLeast(Fixture.QUIET);
        assertWaitsAtLeast(Fixture.QUIET);
        assertTrue(Thread.currentThread().isInterrupted());
        source.makeReadable();
        assertEquals(READ, fixture().awaitReady(source, READ));
        assertTrue(Thread.interrupted());
        assertTrue(selector().isOpen());
    }

    @Test
    @Rule("SEL-9")
    default void anInterruptThatWasClearedIsForgotten() throws IOException {
        Thread.currentThread().interrupt();
        selector().select(fixture().soon());
        assertTrue(Thread.interrupted());

        assertWaitsAtLeast(Fixture.QUIET);
        Thread.currentThread().interrupt();

        assertEquals(List.of(), selector().select(fixture().soon()), "a new one ends the next");
        assertTrue(Thread.interrupted());
    }

    @Test
    @Rule("SEL-9")
    default void aSecondInterruptEndsTheNextWait() throws Exception {
        Thread[] selecting = new Thread[1];
        Future<Boolean> selects = fixture().background(() -> {
            selecting[0] = Thread.currentThread();
            selector().select();
            selector().select();
            return Thread.currentThread().isInterrupted();
        });
        fixture().await(() -> calls().sleeps() > 0, "another thread waits in select");
        selecting[0].interrupt();
        fixture().await(() -> calls().sleeps() > 1, "it waits again, interrupted as it is");

        selecting[0].interrupt();

        assertTrue(fixture().result(selects));
    }

    @Test
    @Rule("SEL-9")
    default void manyInterruptsDoNotMakeASelectorSpin() throws Exception {
        Thread[] selecting = new Thread[1];
        Future<Boolean> selects = fixture().background(() -> {
            selecting[0] = Thread.currentThread();
            for (int i = 0; i < 1_000; i++) {
                selector().select();
                Thread.interrupted();
            }
            return true;
        });
        fixture().await(() -> calls().sleeps() > 0, "another thread waits in select");
        while (!selects.isDone()) {
            selecting[0].interrupt();
        }
        assertTrue(fixture().result(selects));

        assertWaitsAtLeast(Fixture.QUIET);
    }

    @Test
    @Rule("SEL-9")
    default void anInterruptedSelectStillReportsWhatIsReady() throws IOException {
        TestSource source = sources().reader();
        selector().register(source.fileobj(), READ, null);
        source.makeReadable();
        Thread.currentThread().interrupt();

        assertEquals(READ, fixture().readyNow(source));

        assertTrue(Thread.interrupted());
    }
}
