package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Fd;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one episode of spinning leaves behind for the next, by a clock that each wait sets. */
@Timeout(60)
class SpinGuardEpisodesTest {

    private static final Duration LONG = Duration.ofDays(1);
    private static final int GOOD = 3;
    private static final int HOT = 4;
    private static final int FRESH_STARTS = 3;

    private final ScriptedProvider provider = ScriptedProvider.withEverything();
    private EventSelector selector;
    private long now = Duration.ofHours(1).toNanos();
    private int awaits;

    @BeforeEach
    void open() throws IOException {
        selector = ScriptedProvider.selectorOver(() -> now, provider);
        selector.register(Fd.of(GOOD), Events.READ);
    }

    @AfterEach
    void close() {
        selector.close();
    }

    private int select() throws IOException {
        return selector.select(LONG, (key, ready) -> {});
    }

    private boolean hotIsWatched() {
        return provider.current().watched.containsKey(HOT);
    }

    /** Selects until something is ready, after so many waits that end early. */
    private int selectAfter(int earlyReturns, Duration eachTakes) throws IOException {
        int last = awaits + earlyReturns;
        provider.atAwait = () -> {
            now += eachTakes.toNanos();
            if (awaits++ < last) {
                provider.current().returnEarly();
            } else {
                provider.current().makeReady(GOOD, Events.READ);
            }
        };
        return select();
    }

    private int spin(int earlyReturns) throws IOException {
        return selectAfter(earlyReturns, Duration.ofNanos(1_000));
    }

    @Test
    void aSelectorThatGoesOnToSpinAtOnceGetsNoFurtherFreshStarts() throws IOException {
        assertEquals(1, spin(1_000));
        assertEquals(FRESH_STARTS, selector.metrics().rebuilds());

        assertThrows(IOException.class, () -> spin(1_000));

        assertEquals(FRESH_STARTS, selector.metrics().rebuilds());
    }

    @Test
    void aSelectorThatSpinsAgainMuchLaterGetsFreshStartsAgain() throws IOException {
        for (int episode = 1; episode <= 5; episode++) {
            assertEquals(1, spin(1_000));
            assertEquals((long) episode * FRESH_STARTS, selector.metrics().rebuilds());
            now += Duration.ofSeconds(2).toNanos();
        }
    }

    @Test
    void earlyReturnsThatTakeTheirTimeDoNotHideTheSpinningThatFollows() throws IOException {
        assertEquals(1, selectAfter(1_000, Duration.ofMillis(1)));
        assertEquals(0, selector.metrics().rebuilds());

        assertThrows(IOException.class, () -> spin(3_000));
    }

    @Test
    void aSelectorThatHasFailedStartsOver() {
        assertThrows(IOException.class, () -> spin(10_000));
        int first = awaits;

        assertThrows(IOException.class, () -> spin(10_000));

        assertEquals(first, awaits - first);
        assertEquals(2 * FRESH_STARTS, selector.metrics().rebuilds());
    }

    /** Reports the hot source for what no one asked for as long as it is watched, and the good one now and then. */
    private void reportHotAndGoodEvery(int waits) {
        awaits++;
        now += 1_000;
        if (hotIsWatched()) {
            provider.current().makeReady(HOT, Events.WRITE);
        }
        if (!hotIsWatched() || awaits % waits == 0) {
            provider.current().makeReady(GOOD, Events.READ);
        }
    }

    @Test
    void theSourceThatSpinsIsIsolatedThoughItIsNotTheFirst() throws IOException {
        selector.register(Fd.of(HOT), Events.READ);
        provider.atAwait = () -> reportHotAndGoodEvery(Integer.MAX_VALUE);

        assertEquals(1, select());

        assertFalse(hotIsWatched());
        assertTrue(provider.current().watched.containsKey(GOOD));
    }

    @Test
    void aFewEarlyReturnsAfterASourceWasIsolatedAreNoReasonForAFreshStart() throws IOException {
        selector.register(Fd.of(HOT), Events.READ);
        provider.atAwait = () -> reportHotAndGoodEvery(Integer.MAX_VALUE);
        select();
        assertFalse(hotIsWatched());

        assertEquals(1, spin(100));

        assertEquals(FRESH_STARTS, selector.metrics().rebuilds());
    }

    @Test
    void aSourceThatTakesTheSlotOfTheHotOneIsNotBlamedForIt() throws IOException {
        selector.register(Fd.of(HOT), Events.READ);
        provider.atAwait = () -> reportHotAndGoodEvery(10);
        while (selector.metrics().rebuilds() < FRESH_STARTS) {
            assertEquals(1, select());
        }
        for (int i = 0; i < 20; i++) {
            assertEquals(1, select());
        }
        assertTrue(hotIsWatched());
        selector.unregister(Fd.of(HOT));
        selector.register(Fd.of(5), Events.READ);

        IOException failed = assertThrows(IOException.class, () -> spin(10_000));

        assertTrue(failed.getMessage().contains("ends its waits at once"), failed.getMessage());
        assertTrue(provider.current().watched.containsKey(5));
    }
}
