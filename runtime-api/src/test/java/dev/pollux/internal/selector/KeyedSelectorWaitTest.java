package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.internal.discovery.BackendCatalog;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a select becomes waits of the backend: deadlines, wakeups, interrupts and spinning, with a clock that stands still. */
@Timeout(60)
class KeyedSelectorWaitTest {

    private static final Duration LONG = Duration.ofHours(1);

    private final SteppedProvider provider = new SteppedProvider(Capability.values());
    private long now = 1_000;
    private KeyedSelector selector;

    @BeforeEach
    void open() throws IOException {
        BackendCatalog catalog = BackendCatalog.of(provider);
        selector = new KeyedSelector(provider, catalog, () -> now);
    }

    @AfterEach
    void close() {
        selector.close();
        Thread.interrupted();
    }

    private long token(int fd) {
        return provider.tokens.get(fd);
    }

    @Test
    void waitThatEndsEarlyGoesOnForWhatIsLeft() throws IOException {
        provider.step = (timeout, sink) -> now += 30;

        assertEquals(List.of(), selector.select(Duration.ofNanos(100)));

        assertEquals(List.of(100L, 70L, 40L, 10L), provider.timeouts);
        assertEquals(4, selector.metrics().waits());
    }

    @Test
    void waitThatEndsOnTheDeadlineIsNotRepeated() throws IOException {
        provider.step = (timeout, sink) -> now += timeout;

        assertEquals(List.of(), selector.select(Duration.ofNanos(100)));

        assertEquals(List.of(100L), provider.timeouts);
    }

    @Test
    void waitWithoutLimitStaysWithoutLimit() throws IOException {
        SelectorKey key = selector.register(Fd.of(3), Events.READ);
        provider.step = (timeout, sink) -> {
            now += Duration.ofDays(1).toNanos();
            if (provider.timeouts.size() == 3) {
                sink.ready(token(3), Events.READ);
            }
        };

        assertEquals(List.of(new Ready(key, Events.READ)), selector.select());

        assertEquals(List.of(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE), provider.timeouts);
    }

    @Test
    void selectWithoutTimeLooksOnce() throws IOException {
        assertEquals(List.of(), selector.selectNow());
        assertEquals(0, selector.selectNanos(-5, (key, ready) -> {}));

        assertEquals(List.of(0L, 0L), provider.timeouts);
    }

    @Test
    void pendingWakeupTurnsTheNextWaitIntoALookAndIsConsumed() throws IOException {
        selector.wakeup();
        selector.wakeup();

        assertEquals(List.of(), selector.select(LONG));
        provider.step = (timeout, sink) -> now += timeout;
        assertEquals(List.of(), selector.select(LONG));

        assertEquals(List.of(0L, LONG.toNanos()), provider.timeouts);
        assertFalse(provider.calls.contains("wakeup"));
        assertEquals(0, selector.metrics().wakeups());
    }

    @Test
    void pendingWakeupIsConsumedByASelectWithoutTime() throws IOException {
        selector.wakeup();
        selector.selectNow();
        provider.step = (timeout, sink) -> now += timeout;

        selector.select(LONG);

        assertEquals(List.of(0L, LONG.toNanos()), provider.timeouts);
    }

    @Test
    void wakeupDuringAWaitReachesTheBackendOnceAndEndsTheSelect() throws IOException {
        provider.step = (timeout, sink) -> {
            selector.wakeup();
            selector.wakeup();
        };

        assertEquals(List.of(), selector.select(LONG));

        assertEquals(1, provider.timeouts.size());
        assertEquals(List.of("open", "wakeup"), provider.calls);
        assertEquals(1, selector.metrics().wakeups());
    }

    @Test
    void everySleepCanBeWokenAnew() throws IOException {
        provider.step = (timeout, sink) -> selector.wakeup();

        selector.select(LONG);
        selector.select(LONG);

        assertEquals(2, selector.metrics().wakeups());
        selector.close();
        assertEquals(List.of("open", "wakeup", "wakeup", "close"), provider.calls);
    }

    @Test
    void wakeupThatFailsInTheBackendDoesNotKeepCloseWaiting() throws IOException {
        provider.atWakeup = () -> {
            throw new IllegalStateException("stuck");
        };
        provider.step = (timeout, sink) -> assertThrows(IllegalStateException.class, selector::wakeup);

        assertEquals(List.of(), selector.select(LONG));
        selector.close();

        assertEquals("close", provider.calls.get(provider.calls.size() - 1));
    }

    @Test
    void failureOfTheWaitReachesTheCallerAndTheNextSelectWaitsAgain() throws IOException {
        provider.step = (timeout, sink) -> {
            throw new IOException("EBADF");
        };
        IOException failed = assertThrows(IOException.class, () -> selector.select(LONG));
        provider.step = (timeout, sink) -> now += timeout;

        assertEquals(List.of(), selector.select(LONG));

        assertEquals("EBADF", failed.getMessage());
        assertEquals(List.of(LONG.toNanos(), LONG.toNanos()), provider.timeouts);
    }

    @Test
    void interruptBeforeASelectIsToldByALookAndOnlyOnce() throws IOException {
        List<Boolean> duringTheWait = new ArrayList<>();
        provider.step = (timeout, sink) -> {
            duringTheWait.add(Thread.currentThread().isInterrupted());
            now += timeout;
        };
        Thread.currentThread().interrupt();

        assertEquals(List.of(), selector.select(LONG));
        assertEquals(List.of(), selector.select(LONG));

        assertEquals(List.of(0L, LONG.toNanos()), provider.timeouts);
        assertEquals(List.of(true, false), duringTheWait);
        assertTrue(Thread.currentThread().isInterrupted());
    }

    /** Interrupts the calling thread from another one: only that is a call into the selector. */
    private static void interruptedByAnother() {
        Thread me = Thread.currentThread();
        Thread other = new Thread(me::interrupt);
        other.start();
        while (other.isAlive()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void interruptDuringAWaitCallsTheBackendAndEndsTheSelect() throws IOException {
        provider.step = (timeout, sink) -> interruptedByAnother();

        assertEquals(List.of(), selector.select(LONG));

        assertEquals(1, provider.timeouts.size());
        assertEquals(List.of("open", "wakeup"), provider.calls);
        assertTrue(Thread.currentThread().isInterrupted());
    }

    @Test
    void interruptThatWasToldDuringAWaitIsNotToldAgain() throws IOException {
        provider.step = (timeout, sink) -> Thread.currentThread().interrupt();
        selector.select(LONG);
        provider.step = (timeout, sink) -> now += timeout;

        selector.select(LONG);

        assertEquals(List.of(LONG.toNanos(), LONG.toNanos()), provider.timeouts);
    }

    @Test
    void interruptIsToldAgainAfterItWasCleared() throws IOException {
        provider.step = (timeout, sink) -> now += timeout;
        Thread.currentThread().interrupt();
        selector.select(LONG);
        assertTrue(Thread.interrupted());
        selector.select(LONG);
        Thread.currentThread().interrupt();

        selector.select(LONG);

        assertEquals(List.of(0L, LONG.toNanos(), 0L), provider.timeouts);
    }

    @Test
    void interruptOfAThreadThatWaitedBeforeDoesNotReachTheOneThatWaitsNow() throws IOException {
        provider.step = (timeout, sink) -> now += timeout;
        selector.select(LONG);
        Thread before = Thread.currentThread();
        provider.step = (timeout, sink) -> {
            before.interrupt();
            now += timeout;
        };

        Thread present = new Thread(() -> assertDoesNotThrow(() -> selector.select(LONG)));
        present.start();
        while (present.isAlive()) {
            Thread.onSpinWait();
        }

        assertTrue(Thread.interrupted());
        assertEquals(2, provider.timeouts.size());
        assertEquals(List.of("open"), provider.calls);
    }

    @Test
    void closeDuringAWaitEndsItWithTheClosedErrorAndReleasesOnce() {
        provider.step = (timeout, sink) -> selector.close();

        assertThrows(ClosedSelectorException.class, () -> selector.select(LONG));
        selector.close();

        assertEquals(List.of("open", "wakeup", "close"), provider.calls);
        assertFalse(selector.isOpen());
    }

    @Test
    void edgesLeftByAThrowingHandlerAreToldWithoutWaiting() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        SelectorKey edge = selector.register(Fd.of(4), Events.READ | Events.EDGE);
        provider.step = (timeout, sink) -> {
            sink.ready(token(3), Events.READ);
            sink.ready(token(4), Events.READ);
        };
        assertThrows(
                IllegalStateException.class,
                () -> selector.select(LONG, (key, ready) -> {
                    throw new IllegalStateException("from the handler");
                }));
        provider.step = (timeout, sink) -> {};

        assertEquals(List.of(new Ready(edge, Events.READ)), selector.select(LONG));

        assertEquals(List.of(LONG.toNanos(), 0L), provider.timeouts);
    }

    @Test
    void backendThatNeverWaitsIsReplacedAFewTimesAndThenFailsTheSelect() throws IOException {
        selector.register(Fd.of(3), Events.READ);

        IOException failed = assertThrows(IOException.class, () -> selector.select(LONG));

        assertTrue(failed.getMessage().contains("backend stepped ends its waits at once"), failed.getMessage());
        assertEquals(3, selector.metrics().rebuilds());
        assertEquals(4, provider.calls.stream().filter("open"::equals).count());
        assertEquals(3, provider.calls.stream().filter("close"::equals).count());
        assertTrue(provider.tokens.containsKey(3));
    }

    @Test
    void earlyEndsThatTakeTheirTimeAreNoSpinning() throws IOException {
        provider.step = (timeout, sink) -> now += Duration.ofMillis(1).toNanos();

        assertEquals(List.of(), selector.select(Duration.ofSeconds(2)));

        assertEquals(0, selector.metrics().rebuilds());
        assertEquals(2000, provider.timeouts.size());
    }

    @Test
    void sourceThatIsReportedForWhatNobodyAskedForIsIsolatedUntilItIsModified() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        SelectorKey good = selector.register(Fd.of(4), Events.READ);
        provider.step = (timeout, sink) -> {
            if (provider.tokens.containsKey(3)) {
                sink.ready(token(3), Events.WRITE);
            } else {
                sink.ready(token(4), Events.READ);
            }
        };

        assertEquals(List.of(new Ready(good, Events.READ)), selector.select(LONG));

        assertEquals(3, selector.metrics().rebuilds());
        assertEquals(Events.READ, selector.key(Fd.of(3)).events());
        selector.modify(Fd.of(3), Events.READ);
        selector.selectNow();
        assertTrue(provider.tokens.containsKey(3));
    }

    @Test
    void zombieThatSurvivesEveryRebuildFailsTheSelect() {
        provider.step = (timeout, sink) -> sink.ready(1L << 40, Events.READ);

        assertThrows(IOException.class, () -> selector.select(LONG));

        assertEquals(3, selector.metrics().rebuilds());
        assertEquals(4, selector.metrics().staleEvents());
    }

    @Test
    void zombiesThatComeWithEverySelectAreNotForgottenInBetween() throws IOException {
        provider.step = (timeout, sink) -> sink.ready(1L << 40, Events.READ);
        for (int select = 0; select < 3; select++) {
            assertEquals(List.of(), selector.selectNow());
        }

        assertThrows(IOException.class, () -> selector.selectNow());
    }

    @Test
    void zombiesWithQuietSelectsInBetweenAreEachAnsweredByARebuild() throws IOException {
        for (int select = 0; select < 10; select++) {
            provider.step = (timeout, sink) -> sink.ready(1L << 40, Events.READ);
            assertEquals(List.of(), selector.selectNow());
            provider.step = (timeout, sink) -> {};
            assertEquals(List.of(), selector.selectNow());
        }

        assertEquals(10, selector.metrics().rebuilds());
    }

    @Test
    void metricsCountWhatHappened() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ);
        provider.step = (timeout, sink) -> {
            sink.ready(token(3), Events.READ);
            sink.ready(token(4), Events.READ);
        };

        selector.select(LONG);
        selector.select(LONG);

        assertEquals(2, selector.metrics().registered());
        assertEquals(2, selector.metrics().waits());
        assertEquals(4, selector.metrics().events());
        assertEquals(0, selector.metrics().staleEvents());
    }

    @Test
    void oneShotWhoseRestTheKernelRefusesIsTakenOutAndReportedOnce() throws IOException {
        SelectorKey key = selector.register(Fd.of(3), Events.READ | Events.WRITE | Events.ONESHOT);
        provider.changeFailure = new IOException("EIO");
        provider.step = (timeout, sink) -> {
            if (provider.timeouts.size() == 1) {
                sink.ready(token(3), Events.READ);
            }
        };
        assertEquals(List.of(new Ready(key, Events.READ)), selector.select(LONG));
        assertEquals(List.of("open", "add 3"), provider.calls);

        assertEquals(List.of(new Ready(key, Events.WRITE | Events.ERROR)), selector.select(LONG));

        assertEquals(List.of(), selector.selectNow());
        assertEquals(List.of("open", "add 3", "change 3", "remove 3"), provider.calls);
    }

    @Test
    void oneShotIsDisarmedInTheBackendBeforeTheNextWait() throws IOException {
        selector.register(Fd.of(3), Events.READ | Events.WRITE | Events.ONESHOT);
        selector.register(Fd.of(4), Events.READ | Events.ONESHOT);
        provider.step = (timeout, sink) -> {
            sink.ready(token(3), Events.WRITE);
            sink.ready(token(4), Events.READ);
        };
        assertEquals(2, selector.select(LONG).size());
        List<Integer> interests = new ArrayList<>();
        provider.step = (timeout, sink) -> {
            interests.add(provider.interests.get(3));
            interests.add(provider.interests.get(4));
        };

        selector.selectNow();

        assertEquals(Arrays.asList(Events.READ, null), interests);
    }

    @Test
    void sourceThatTakesTheSlotOfOneWithACollectedEventIsHeardOf() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ);
        provider.step = (timeout, sink) -> {
            sink.ready(token(3), Events.READ);
            sink.ready(token(4), Events.READ);
        };
        List<SelectorKey> fresh = new ArrayList<>();
        selector.select(LONG, (key, ready) -> {
            selector.unregister(Fd.of(4));
            fresh.add(selector.register(Fd.of(5), Events.READ));
        });
        provider.step = (timeout, sink) -> sink.ready(token(5), Events.READ);

        assertEquals(List.of(new Ready(fresh.get(0), Events.READ)), selector.select(LONG));
    }

    @Test
    void troubleDoesNotBringDirectionsThatWereNotAskedFor() throws IOException {
        SelectorKey key = selector.register(Fd.of(3), Events.READ);
        provider.step = (timeout, sink) -> sink.ready(token(3), Events.WRITE | Events.HANGUP);

        assertEquals(List.of(new Ready(key, Events.READ | Events.HANGUP)), selector.select(LONG));
    }

    @Test
    void zombiesWithWaitsThatTakeTheirTimeInBetweenAreEachAnsweredByARebuild() throws IOException {
        for (int select = 0; select < 10; select++) {
            provider.timeouts.clear();
            provider.step = (timeout, sink) -> {
                if (provider.timeouts.size() == 1) {
                    sink.ready(1L << 40, Events.READ);
                } else {
                    now += timeout;
                }
            };
            assertEquals(List.of(), selector.select(LONG));
        }

        assertEquals(10, selector.metrics().rebuilds());
    }
}
