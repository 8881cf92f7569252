package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.ReadyHandler;
import dev.pollux.loop.EventLoop;
import dev.pollux.testlog.LogLines;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waits that end at once with nothing to report: what the selector makes of them, by a clock that each wait sets. */
@Timeout(60)
class SpinGuardTest {

    private static final Duration LONG = Duration.ofDays(1);
    private static final int HOT = 3;
    private static final int GOOD = 4;
    private static final long MICROSECOND = 1_000;

    private final ScriptedProvider provider = ScriptedProvider.withEverything();
    private final List<Integer> served = new ArrayList<>();
    private final ReadyHandler handler = (key, ready) -> served.add(key.fd());
    private EventSelector selector;
    private long now = Long.MAX_VALUE - 100;
    private int awaits;

    @BeforeEach
    void open() throws IOException {
        LogLines.clear();
        selector = ScriptedProvider.selectorOver(() -> now, provider);
    }

    @AfterEach
    void close() {
        selector.close();
    }

    private boolean hotIsWatched() {
        return provider.current().watched.containsKey(HOT);
    }

    /** Reports what was not asked for as long as the source is watched; once it is not, the others have their turn. */
    private void reportHot() {
        awaits++;
        now += MICROSECOND;
        if (hotIsWatched()) {
            provider.current().makeReady(HOT, Events.WRITE);
        } else {
            provider.current().makeReady(GOOD, Events.READ);
        }
    }

    private static int lines() {
        return LogLines.with("nothing").size()
                + LogLines.with("nothing that is asked for").size();
    }

    @Test
    void aSourceReportedForWhatNobodyAskedForIsIsolatedAndTheOthersAreServed() throws IOException {
        selector.register(Fd.of(HOT), Events.READ);
        selector.register(Fd.of(GOOD), Events.READ);
        provider.atAwait = this::reportHot;

        assertEquals(1, selector.select(LONG, handler));

        assertEquals(List.of(GOOD), served);
        assertFalse(hotIsWatched());
        assertTrue(awaits <= 2000, awaits + " waits");
        assertEquals(3, selector.metrics().rebuilds());
        List<String> told = LogLines.with("is not watched any more");
        assertEquals(1, told.size());
        assertTrue(told.get(0).contains("fd=3"), told.get(0));
        assertEquals(2, LogLines.with("backend=scripted").size());
    }

    @Test
    void anIsolatedSourceIsWatchedAgainWhenItIsModified() throws IOException {
        selector.register(Fd.of(HOT), Events.READ);
        selector.register(Fd.of(GOOD), Events.READ);
        provider.atAwait = this::reportHot;
        selector.select(LONG, handler);
        provider.atAwait = () -> {};
        served.clear();

        selector.modify(Fd.of(HOT), Events.WRITE);
        selector.selectNow();
        provider.current().makeReady(HOT, Events.WRITE);

        assertEquals(1, selector.select(LONG, handler));
        assertEquals(List.of(HOT), served);
    }

    @Test
    void otherSourcesThatAreServedDoNotHideTheOneThatSpins() throws IOException {
        selector.register(Fd.of(HOT), Events.READ);
        selector.register(Fd.of(GOOD), Events.READ);
        provider.atAwait = () -> {
            awaits++;
            now += MICROSECOND;
            if (hotIsWatched()) {
                provider.current().makeReady(HOT, Events.WRITE);
            }
            if (!hotIsWatched() || awaits % 300 == 0) {
                provider.current().makeReady(GOOD, Events.READ);
            }
        };

        for (int select = 0; select < 100; select++) {
            assertEquals(1, selector.select(LONG, handler));
        }

        assertFalse(hotIsWatched());
        assertEquals(3, selector.metrics().rebuilds());
        assertTrue(LogLines.with("backend=scripted").size() <= 3);
    }

    @Test
    void wakeupsDoNotHideTheSourceThatSpins() throws IOException {
        selector.register(Fd.of(HOT), Events.READ);
        selector.register(Fd.of(GOOD), Events.READ);
        provider.atAwait = () -> {
            awaits++;
            now += MICROSECOND;
            if (hotIsWatched()) {
                provider.current().makeReady(HOT, Events.WRITE);
            } else {
                provider.current().makeReady(GOOD, Events.READ);
            }
            if (awaits % 300 == 0) {
                selector.wakeup();
            }
        };

        while (awaits < 10_000 && served.isEmpty()) {
            selector.select(LONG, handler);
        }

        assertFalse(hotIsWatched());
        assertEquals(3, selector.metrics().rebuilds());
    }

    @Test
    void aBackendThatNeverWaitsFailsTheSelectAfterAFewFreshStarts() throws IOException {
        selector.register(Fd.of(GOOD), Events.READ);
        provider.atAwait = () -> {
            awaits++;
            now += MICROSECOND;
            provider.current().returnEarly();
        };

        IOException failed = assertThrows(IOException.class, () -> selector.select(LONG, handler));

        assertTrue(failed.getMessage().contains("backend scripted"), failed.getMessage());
        assertTrue(failed.getMessage().contains("use another backend"), failed.getMessage());
        assertEquals(3, selector.metrics().rebuilds());
        assertTrue(awaits <= 2000, awaits + " waits");
        assertTrue(lines() <= 3);
    }

    @Test
    void staleTokensForEverFailTheSelectAfterAFewFreshStarts() throws IOException {
        selector.register(Fd.of(GOOD), Events.READ);
        provider.atAwait = () -> {
            awaits++;
            provider.current().report(1L << 40, Events.READ);
        };

        assertThrows(IOException.class, () -> selector.select(LONG, handler));

        assertEquals(3, selector.metrics().rebuilds());
        assertTrue(awaits <= 10, awaits + " waits");
    }

    @Test
    void aLoopOnABackendThatNeverWaitsEndsVisibly() throws IOException {
        EventLoop loop = EventLoop.builder().selector(selector).open();
        provider.atAwait = () -> {
            now += MICROSECOND;
            provider.current().returnEarly();
        };

        IOException failed = assertThrows(IOException.class, loop::run);

        assertTrue(loop.isTerminated());
        assertEquals(
                failed,
                assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}))
                        .getCause());
        assertTrue(provider.current().closed);
    }

    @Test
    void aThousandEarlyReturnsSpreadOverTimeAreSignalsAndCountForNothing() throws IOException {
        selector.register(Fd.of(GOOD), Events.READ);
        provider.atAwait = () -> {
            now += Duration.ofMillis(1).toNanos();
            if (awaits++ < 1000) {
                provider.current().returnEarly();
            } else {
                provider.current().makeReady(GOOD, Events.READ);
            }
        };

        assertEquals(1, selector.select(LONG, handler));

        assertEquals(0, selector.metrics().rebuilds());
        assertEquals(1, provider.opened.size());
        assertEquals(0, lines());
    }

    @Test
    void earlyReturnsDoNotStretchTheWait() throws IOException {
        long start = now;
        provider.atAwait = () -> {
            now += Duration.ofMillis(1).toNanos();
            provider.current().returnEarly();
        };

        assertEquals(0, selector.select(Duration.ofMillis(500), handler));

        assertEquals(Duration.ofMillis(500).toNanos(), now - start);
        assertEquals(Duration.ofMillis(1).toNanos(), provider.current().timeouts.get(499));
    }
}
