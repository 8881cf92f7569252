package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.internal.discovery.BackendCatalog;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A selector whose sources are ready all the time looks before it sleeps: what becomes of a select that begins so. */
@Timeout(60)
class BusySelectorTest {

    private static final long LONG = TimeUnit.HOURS.toNanos(1);

    private final SteppedProvider provider = new SteppedProvider(Capability.values());
    private long now = 1_000;
    private KeyedSelector selector;

    @BeforeEach
    void open() throws IOException {
        selector = new KeyedSelector(provider, BackendCatalog.of(provider), () -> now);
        selector.register(Fd.of(3), Events.READ);
        keepBusy();
    }

    @AfterEach
    void close() {
        Thread.interrupted();
        selector.close();
    }

    private int select() throws IOException {
        return selector.selectNanos(LONG, (key, ready) -> {});
    }

    private void ready() {
        provider.step = (timeout, sink) -> sink.ready(provider.tokens.get(3), Events.READ);
    }

    private void quiet() {
        provider.step = (timeout, sink) -> now += timeout;
    }

    /** Has every select bring something until one of them looks first. */
    private void keepBusy() throws IOException {
        ready();
        for (int i = 0; i < 10_000 && !provider.timeouts.contains(0L); i++) {
            assertEquals(1, select());
        }
        assertTrue(provider.timeouts.contains(0L));
        provider.timeouts.clear();
    }

    @Test
    void aLookThatFindsSomethingIsTheWholeSelect() throws IOException {
        assertEquals(1, select());
        assertEquals(1, select());

        assertEquals(List.of(0L, 0L), provider.timeouts);
    }

    @Test
    void aLookThatFindsNothingIsFollowedByTheWholeWaitAndTheNextSelectsDoNotLook() throws IOException {
        quiet();

        assertEquals(0, select());
        assertEquals(0, select());
        assertEquals(0, select());

        assertEquals(List.of(0L, LONG, LONG, LONG), provider.timeouts);
    }

    @Test
    void aSelectWithoutTimeLooksOnceAndNoMore() throws IOException {
        quiet();

        assertEquals(0, selector.selectNanos(0, (key, ready) -> {}));

        assertEquals(List.of(0L), provider.timeouts);
    }

    @Test
    void aWakeupEndsTheSelectWithTheLookAndIsConsumed() throws IOException {
        quiet();
        selector.wakeup();

        assertEquals(0, select());
        assertEquals(List.of(0L), provider.timeouts);
        assertEquals(0, select());

        assertEquals(List.of(0L, 0L, LONG), provider.timeouts);
    }

    @Test
    void anInterruptEndsTheSelectWithTheLookAndOnlyOne() throws IOException {
        quiet();
        Thread.currentThread().interrupt();

        assertEquals(0, select());
        assertEquals(List.of(0L), provider.timeouts);
        assertEquals(0, select());

        assertEquals(List.of(0L, 0L, LONG), provider.timeouts);
        assertTrue(Thread.currentThread().isInterrupted());
    }

    @Test
    void aSelectorThatHasBeenBusyForLongSoonLooksAgainAfterAPause() throws IOException {
        for (int i = 0; i < 20; i++) {
            select();
        }
        quiet();
        select();
        ready();
        provider.timeouts.clear();

        for (int i = 0; i < 100; i++) {
            select();
        }

        assertTrue(provider.timeouts.contains(0L));
    }
}
