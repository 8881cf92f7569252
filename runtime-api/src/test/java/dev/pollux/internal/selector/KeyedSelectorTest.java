package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.NanoClock;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.UnsupportedEventsException;
import dev.pollux.internal.discovery.BackendCatalog;
import dev.pollux.internal.selector.ScriptedProvider.ScriptedBackend;
import dev.pollux.internal.selector.ScriptedProvider.Watch;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the policy makes of a backend, including what a kernel does only when something is wrong. */
@Timeout(60)
class KeyedSelectorTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final ScriptedProvider provider = ScriptedProvider.withEverything();
    private final ScriptedProvider plain = new ScriptedProvider("plain", 2, Capability.DESCRIPTORS);
    private KeyedSelector selector;

    @BeforeEach
    void open() throws IOException {
        BackendCatalog catalog = BackendCatalog.of(provider, plain);
        selector = new KeyedSelector(provider, catalog, NanoClock.system());
    }

    @AfterEach
    void close() {
        selector.close();
        for (ScriptedBackend backend : provider.opened) {
            assertTrue(backend.closed);
        }
    }

    private ScriptedBackend backend() {
        return provider.current();
    }

    @Test
    void eventsOfOneSourceInPartsAreOneEntry() throws IOException {
        SelectorKey key = selector.register(Fd.of(3), Events.READ | Events.WRITE);
        backend().makeReady(3, Events.READ);
        backend().makeReady(3, Events.WRITE);

        assertEquals(List.of(new Ready(key, Events.READ | Events.WRITE)), selector.select(LONG));
    }

    @Test
    void directionsThatWereNotAskedForAreNotReported() throws IOException {
        SelectorKey key = selector.register(Fd.of(3), Events.READ);
        backend().makeReady(3, Events.READ | Events.WRITE | Events.PRIORITY);

        assertEquals(List.of(new Ready(key, Events.READ)), selector.select(LONG));
    }

    @Test
    void hangUpShowsAsEveryDirectionAskedFor() throws IOException {
        SelectorKey reader = selector.register(Fd.of(3), Events.READ);
        SelectorKey both = selector.register(Fd.of(4), Events.READ | Events.WRITE);
        SelectorKey urgent = selector.register(Fd.of(5), Events.PRIORITY);
        backend().makeReady(3, Events.HANGUP);
        backend().makeReady(4, Events.ERROR);
        backend().makeReady(5, Events.HANGUP);

        assertEquals(
                List.of(
                        new Ready(reader, Events.READ | Events.HANGUP),
                        new Ready(both, Events.READ | Events.WRITE | Events.ERROR),
                        new Ready(urgent, Events.PRIORITY | Events.HANGUP)),
                selector.select(LONG));
    }

    @Test
    void keyIsGoneEvenIfTheBackendFailsToRemoveIt() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        backend().removeFailure = new IllegalStateException("stuck");

        assertThrows(IllegalStateException.class, () -> selector.unregister(Fd.of(3)));

        assertEquals(Map.of(), selector.keys());
        backend().removeFailure = null;
        selector.register(Fd.of(3), Events.READ);
    }

    @Test
    void descriptorThatIsNotOpenIsReportedOnce() throws IOException {
        SelectorKey key = selector.register(Fd.of(3), Events.READ);
        backend().makeReady(3, Events.INVALID);

        assertEquals(List.of(new Ready(key, Events.READ | Events.INVALID)), selector.select(LONG));

        assertEquals(Map.of(), backend().watched);
        assertSame(key, selector.unregister(Fd.of(3)));
    }

    @Test
    void viewCanBeGoneThroughWhileOtherKeysAreRemoved() throws IOException {
        for (int fd = 3; fd < 13; fd++) {
            selector.register(Fd.of(fd), Events.READ);
        }
        int seen = 0;
        for (Object fileobj : selector.keys().keySet()) {
            seen++;
            for (int fd = 3; fd < 13; fd++) {
                if (!fileobj.equals(Fd.of(fd)) && selector.keys().containsKey(Fd.of(fd))) {
                    selector.unregister(Fd.of(fd));
                }
            }
        }

        // The iterator is a key ahead.
        assertEquals(2, seen);
    }

    @Test
    void staleTokenIsCountedAndTheKernelObjectReplaced() throws IOException {
        SelectorKey gone = selector.register(Fd.of(3), Events.READ);
        long zombie = backend().watched.get(3).token();
        SelectorKey other = selector.register(Fd.of(4), Events.READ);
        selector.unregister(gone.fileobj());
        backend().report(zombie, Events.READ);
        backend().makeReady(4, Events.READ);

        List<Ready> ready = selector.select(LONG);

        assertEquals(List.of(new Ready(other, Events.READ)), ready);
        assertEquals(1, selector.metrics().staleEvents());
        assertEquals(1, selector.metrics().rebuilds());
        assertEquals(2, provider.opened.size());
        assertTrue(provider.opened.get(0).closed);
        assertEquals(List.of(4), List.copyOf(backend().watched.keySet()));
    }

    @Test
    void selectSleepsItsTimeDespiteAZombie() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        long zombie = backend().watched.get(3).token();
        selector.unregister(Fd.of(3));
        backend().report(zombie, Events.READ);
        long start = System.nanoTime();

        assertEquals(List.of(), selector.select(Duration.ofMillis(30)));

        assertTrue(System.nanoTime() - start >= 30_000_000);
        assertEquals(2, selector.metrics().waits());
    }

    @Test
    void rebuildDropsFromTheKernelWhatItRefusesAndGoesOn() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ);
        long zombie = backend().watched.get(3).token();
        selector.unregister(Fd.of(3));
        backend().report(zombie, Events.READ);
        provider.refused.add(4);

        assertEquals(List.of(), selector.selectNow());

        assertEquals(Map.of(), backend().watched);
        assertTrue(selector.keys().containsKey(Fd.of(4)));
        selector.unregister(Fd.of(4));
    }

    @Test
    void rebuildThatCannotOpenLeavesEverythingAsItWas() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ);
        long zombie = backend().watched.get(3).token();
        selector.unregister(Fd.of(3));
        backend().report(zombie, Events.READ);
        backend().makeReady(4, Events.READ);
        provider.openFailures.add(new IOException("EMFILE"));

        assertThrows(IOException.class, () -> selector.selectNow());

        assertEquals(List.of(), selector.selectNow());
        assertEquals(List.of(4), List.copyOf(backend().watched.keySet()));
        assertFalse(backend().closed);
    }

    @Test
    void secondThreadInsideIsRefusedByTheViewToo() throws Exception {
        selector.register(Fd.of(3), Events.READ);
        Map<Object, SelectorKey> view = selector.keys();
        backend().makeReady(3, Events.READ);
        List<Class<?>> refusals = new ArrayList<>();
        Thread second = new Thread(() -> {
            refusals.add(assertThrows(IllegalStateException.class, view::size).getClass());
            refusals.add(assertThrows(IllegalStateException.class, () -> view.get(Fd.of(3)))
                    .getClass());
            refusals.add(assertThrows(
                            IllegalStateException.class, () -> view.values().iterator())
                    .getClass());
        });

        selector.select(LONG, (key, ready) -> {
            second.start();
            try {
                second.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        assertEquals(3, refusals.size());
    }

    @Test
    void eventCollectedForAKeyThatAHandlerUnregistersIsNotDelivered() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ);
        backend().makeReady(3, Events.READ);
        backend().makeReady(4, Events.READ);
        List<Integer> delivered = new ArrayList<>();

        selector.select(LONG, (key, ready) -> {
            delivered.add(key.fd());
            selector.unregister(Fd.of(7 - key.fd()));
        });

        assertEquals(List.of(3), delivered);
    }

    @Test
    void eventCollectedForAKeyThatIsRegisteredAnewIsNotDelivered() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ);
        backend().makeReady(3, Events.READ);
        backend().makeReady(4, Events.READ);
        List<Integer> delivered = new ArrayList<>();

        selector.select(LONG, (key, ready) -> {
            delivered.add(key.fd());
            selector.unregister(Fd.of(4));
            selector.register(Fd.of(4), Events.READ);
        });

        assertEquals(List.of(3), delivered);
    }

    @Test
    void interestThatAHandlerChangesIsHonouredInTheSameBatch() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ);
        backend().makeReady(3, Events.READ);
        backend().makeReady(4, Events.READ);
        List<Integer> delivered = new ArrayList<>();

        selector.select(LONG, (key, ready) -> {
            delivered.add(key.fd());
            selector.modify(Fd.of(4), Events.WRITE);
        });

        assertEquals(List.of(3), delivered);
    }

    @Test
    void edgeTriggeredEventsLeftByAThrowingHandlerComeWithTheNextSelect() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ);
        SelectorKey edge = selector.register(Fd.of(5), Events.READ | Events.EDGE);
        backend().makeReady(3, Events.READ);
        backend().makeReady(4, Events.READ);
        backend().makeReady(5, Events.READ);

        IOException thrown = assertThrows(
                IOException.class,
                () -> selector.select(LONG, (key, ready) -> {
                    throw new IOException("from the handler");
                }));

        assertEquals("from the handler", thrown.getMessage());
        assertEquals(List.of(new Ready(edge, Events.READ)), selector.select(LONG));
        assertEquals(List.of(), selector.selectNow());
    }

    @Test
    void oneShotDisarmsEachDirectionByItsOwnDelivery() throws IOException {
        SelectorKey key = selector.register(Fd.of(3), Events.READ | Events.WRITE | Events.ONESHOT);
        backend().makeReady(3, Events.WRITE);
        assertEquals(List.of(new Ready(key, Events.WRITE)), selector.selectNow());
        assertEquals(List.of(), selector.selectNow());
        assertEquals(Events.READ, backend().watched.get(3).events());

        backend().makeReady(3, Events.READ);
        assertEquals(List.of(new Ready(key, Events.READ)), selector.selectNow());
        assertEquals(List.of(), selector.selectNow());
        assertEquals(Map.of(), backend().watched);

        assertSame(key, selector.modify(Fd.of(3), key.events()));
        assertEquals(List.of(), selector.selectNow());
        assertEquals(Events.READ | Events.WRITE, backend().watched.get(3).events());
    }

    @Test
    void oneShotIsRearmedByItsOwnHandler() throws IOException {
        SelectorKey key = selector.register(Fd.of(3), Events.READ | Events.ONESHOT);
        backend().makeReady(3, Events.READ);

        selector.select(LONG, (k, ready) -> selector.modify(k.fileobj(), k.events()));

        assertEquals(Events.READ, backend().watched.get(3).events());
        assertSame(key, selector.key(Fd.of(3)));
    }

    @Test
    void modifyToTheSameMakesNoKernelCall() throws IOException {
        SelectorKey key = selector.register(Fd.of(3), Events.READ, "data");
        backend().calls.clear();

        assertSame(key, selector.modify(Fd.of(3), Events.READ));
        assertSame(key, selector.modify(Fd.of(3), Events.READ, "data"));
        SelectorKey other = selector.modify(Fd.of(3), Events.READ, "other");

        assertEquals(List.of(), backend().calls);
        assertEquals("other", other.data());
        assertEquals(other, selector.key(Fd.of(3)));
    }

    @Test
    void modifyOfAnEdgeTriggeredSourceReachesTheKernelEveryTime() throws IOException {
        SelectorKey key = selector.register(Fd.of(3), Events.READ | Events.EDGE);
        backend().calls.clear();

        for (int times = 0; times < 2; times++) {
            assertSame(key, selector.modify(Fd.of(3), Events.READ | Events.EDGE));
            selector.selectNow();
            selector.selectNow();
        }

        assertEquals(List.of("change 3", "change 3"), backend().calls);
    }

    @Test
    void registrationForNothingIsTriedOutAndNotWatched() throws IOException {
        selector.register(Fd.of(3), Events.NONE);
        provider.refused.add(4);

        assertThrows(IOException.class, () -> selector.register(Fd.of(4), Events.NONE));

        assertEquals(Map.of(), backend().watched);
        assertEquals(1, selector.keys().size());
    }

    @Test
    void earlyReturnsOfTheBackendDoNotEndTheWait() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        ScriptedBackend backend = backend();
        // A token with no ready bits: the backend returns, but there is nothing to report.
        backend.makeReady(3, 0);
        long start = System.nanoTime();

        assertEquals(List.of(), selector.select(Duration.ofMillis(20)));

        assertTrue(System.nanoTime() - start >= 20_000_000);
        assertTrue(backend.timeouts.get(1) < backend.timeouts.get(0));
    }

    @Test
    void swapMovesWhatIsArmedWithItsTokens() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.NONE);
        Watch before = backend().watched.get(3);

        selector.swap("plain");

        assertEquals("plain", selector.backend());
        assertEquals(Map.of(3, before), plain.current().watched);
        assertTrue(backend().closed);
        assertEquals(2, selector.keys().size());
        assertEquals(1, selector.metrics().swaps());
        plain.current().makeReady(3, Events.READ);
        assertEquals(1, selector.selectNow().size());
    }

    @Test
    void swapThatTheKernelRefusesNamesTheCulpritAndChangesNothing() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ);
        plain.refused.add(4);

        IOException refused = assertThrows(IOException.class, () -> selector.swap("plain"));

        assertTrue(refused.getMessage().contains("fd=4"), refused.getMessage());
        assertTrue(refused.getMessage().contains("plain"), refused.getMessage());
        assertEquals("scripted", selector.backend());
        assertEquals(2, backend().watched.size());
        assertFalse(backend().closed);
        assertTrue(plain.current().closed);
    }

    @Test
    void swapToABackendThatLacksACapabilityIsRefusedBeforeItIsOpened() throws IOException {
        selector.register(Fd.of(3), Events.READ | Events.EDGE);

        UnsupportedEventsException refused =
                assertThrows(UnsupportedEventsException.class, () -> selector.swap("plain"));

        assertEquals(Capability.EDGE, refused.missing());
        assertEquals(List.of(), plain.opened);
        assertEquals("scripted", selector.backend());
    }

    @Test
    void swapThatCannotOpenChangesNothing() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        plain.openFailures.add(new IOException("EMFILE"));

        assertThrows(IOException.class, () -> selector.swap("plain"));

        assertEquals("scripted", selector.backend());
        assertFalse(backend().closed);
    }

    @Test
    void swapInsideAHandlerKeepsTheRestOfTheBatch() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ);
        backend().makeReady(3, Events.READ);
        backend().makeReady(4, Events.READ);
        List<Integer> delivered = new ArrayList<>();

        selector.select(LONG, (key, ready) -> {
            delivered.add(key.fd());
            if (key.fd() == 3) {
                selector.swap("plain");
            }
        });

        assertEquals(List.of(3, 4), delivered);
        assertEquals("plain", selector.backend());
    }

    @Test
    void closeInsideAHandlerEndsTheDeliveryAndReleasesAtTheEnd() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ);
        backend().makeReady(3, Events.READ);
        backend().makeReady(4, Events.READ);

        int delivered = selector.select(LONG, (key, ready) -> {
            selector.close();
            assertFalse(backend().closed);
        });

        assertEquals(1, delivered);
        assertTrue(backend().closed);
        assertThrows(ClosedSelectorException.class, () -> selector.selectNow());
    }

    @Test
    void selectInsideAHandlerIsRefused() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        backend().makeReady(3, Events.READ);

        selector.select(LONG, (key, ready) -> {
            IllegalStateException refused = assertThrows(IllegalStateException.class, () -> selector.selectNow());
            assertTrue(refused.getMessage().contains("handler"), refused.getMessage());
        });

        assertEquals(List.of(), selector.selectNow());
    }

    @Test
    void closeFromAnotherThreadEndsASelectWithTheClosedError() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        AtomicReference<Throwable> outcome = new AtomicReference<>();
        Thread selecting = new Thread(() -> {
            inside.countDown();
            try {
                selector.select();
            } catch (Throwable e) {
                outcome.set(e);
            }
        });
        selecting.start();
        inside.await();
        while (backend().timeouts.isEmpty()) {
            Thread.onSpinWait();
        }

        selector.close();
        selecting.join();

        assertEquals(ClosedSelectorException.class, outcome.get().getClass());
        assertTrue(backend().closed);
    }

    @Test
    void wakeupsOfABusySelectorMakeNoCall() throws IOException {
        for (int i = 0; i < 1000; i++) {
            selector.wakeup();
        }
        assertEquals(List.of(), selector.select(LONG));

        assertEquals(0, backend().wakeups);
        assertEquals(0, selector.metrics().wakeups());
    }

    @Test
    void interruptEndsOneWaitAndNotTheNext() throws Exception {
        Thread.currentThread().interrupt();
        assertEquals(List.of(), selector.select(LONG));
        assertTrue(Thread.currentThread().isInterrupted());

        long start = System.nanoTime();
        assertEquals(List.of(), selector.select(Duration.ofMillis(20)));

        assertTrue(System.nanoTime() - start >= 20_000_000);
        assertTrue(Thread.interrupted());
    }

    @Test
    void metricsAndEverythingElseThrowAfterClose() {
        selector.close();

        assertThrows(ClosedSelectorException.class, () -> selector.register(Fd.of(3), Events.READ));
        assertThrows(ClosedSelectorException.class, () -> selector.modify(Fd.of(3), Events.READ));
        assertThrows(ClosedSelectorException.class, () -> selector.unregister(Fd.of(3)));
        assertThrows(ClosedSelectorException.class, () -> selector.key(Fd.of(3)));
        assertThrows(ClosedSelectorException.class, () -> selector.keys());
        assertThrows(ClosedSelectorException.class, () -> selector.backend());
        assertThrows(ClosedSelectorException.class, () -> selector.capabilities());
        assertThrows(ClosedSelectorException.class, () -> selector.metrics());
        assertThrows(ClosedSelectorException.class, () -> selector.swap("plain"));
        selector.wakeup();
        selector.close();
        assertFalse(selector.isOpen());
    }
}
