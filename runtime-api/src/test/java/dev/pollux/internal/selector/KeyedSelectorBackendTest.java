package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.HasFd;
import dev.pollux.NanoClock;
import dev.pollux.NativeIOException;
import dev.pollux.NotRegisteredException;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.internal.discovery.BackendCatalog;
import dev.pollux.testlog.LogLines;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** What a selector asks of its backend and of its sources, and that a failure in between changes nothing. */
@Timeout(60)
class KeyedSelectorBackendTest {

    private final SteppedProvider provider = new SteppedProvider(Capability.values());
    private final ScriptedProvider other = new ScriptedProvider("other", 2, Capability.values());
    private KeyedSelector selector;

    /** A source whose descriptor is what the test says, each time it is asked. */
    private static final class Talking implements HasFd {

        IntSupplier answer = () -> 5;
        Runnable atName = () -> {};

        @Override
        public int fd() {
            return answer.getAsInt();
        }

        @Override
        public String toString() {
            atName.run();
            return "talking";
        }
    }

    @BeforeEach
    void open() throws IOException {
        selector = new KeyedSelector(provider, BackendCatalog.of(provider, other), NanoClock.system());
    }

    @AfterEach
    void close() {
        selector.close();
    }

    @Test
    void everyWaitIsPrecededByAFlush() throws IOException {
        List<Integer> flushesAtWait = new ArrayList<>();
        provider.step = (timeout, sink) -> {
            flushesAtWait.add(provider.flushes);
            selector.wakeup();
        };

        selector.selectNow();
        selector.select(Duration.ofHours(1));
        selector.select(Duration.ofHours(1));

        assertEquals(List.of(1, 2, 3), flushesAtWait);
    }

    @Test
    void failingFlushFailsTheSelectAndTheNextOneWaitsAgain() throws IOException {
        provider.flushFailure = new IOException("EAGAIN");

        IOException failed = assertThrows(IOException.class, () -> selector.select(Duration.ofHours(1)));
        provider.flushFailure = null;
        provider.step = (timeout, sink) -> selector.wakeup();
        selector.select(Duration.ofHours(1));

        assertEquals("EAGAIN", failed.getMessage());
        assertEquals(List.of(Duration.ofHours(1).toNanos()), provider.timeouts);
        assertEquals(List.of("open", "wakeup"), provider.calls);
    }

    @Test
    void swapFailsWhereTheNewBackendFailsToFlush() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        provider.flushFailure = new IOException("put off");

        assertThrows(IOException.class, () -> selector.swap("stepped"));

        assertEquals(List.of("open", "add 3", "open", "add 3", "close"), provider.calls);
    }

    @Test
    void attachedThreadIsPassedToEachBackendThatFollows() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.attach(new Thread(() -> {}, "loop"));
        selector.swap("stepped");
        provider.step = (timeout, sink) -> sink.ready(1L << 40, Events.READ);
        selector.selectNow();

        assertEquals(
                List.of(
                        "open",
                        "add 3",
                        "attach loop",
                        "open",
                        "attach loop",
                        "add 3",
                        "close",
                        "open",
                        "attach loop",
                        "add 3",
                        "close"),
                provider.calls);
        selector.close();
        assertThrows(ClosedSelectorException.class, () -> selector.attach(Thread.currentThread()));
    }

    @Test
    void selectorWithoutALoopAttachesNoThread() throws IOException {
        selector.swap("stepped");

        assertEquals(List.of("open", "open", "close"), provider.calls);
    }

    @Test
    void descriptorIsThePresentBackendsAndTakesTheCapability() throws IOException {
        provider.descriptor = 40;
        assertEquals(OptionalInt.of(40), selector.descriptor());

        SteppedProvider poor = new SteppedProvider(Capability.DESCRIPTORS);
        poor.descriptor = 41;
        KeyedSelector closed = new KeyedSelector(poor, BackendCatalog.of(poor), NanoClock.system());
        assertEquals(OptionalInt.empty(), closed.descriptor());
        closed.close();
        assertThrows(ClosedSelectorException.class, closed::descriptor);
    }

    @Test
    void descriptorOfTheSelectorIsNotRegisteredWithItself() throws IOException {
        provider.descriptor = 40;

        assertThrows(NativeIOException.class, () -> selector.register(Fd.of(40), Events.READ));

        assertEquals(Map.of(), selector.keys());
        assertEquals(List.of("open"), provider.calls);
    }

    @Test
    void swapFailsForASourceWhoseNumberIsTheNewBackendsOwn() throws IOException {
        provider.descriptor = 40;
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(41), Events.READ);
        provider.descriptor = 41;

        IOException failed = assertThrows(IOException.class, () -> selector.swap("stepped"));

        assertTrue(failed.getMessage().contains("fd=41"), failed.getMessage());
        assertTrue(failed.getCause().getMessage().contains("descriptors of its own"), failed.toString());
        assertFalse(provider.calls.subList(3, provider.calls.size()).contains("add 41"));
        assertEquals("close", provider.calls.get(provider.calls.size() - 1));
    }

    @Test
    void rebuildDropsASourceWhoseNumberIsTheNewBackendsOwn() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        SelectorKey stale = selector.register(Fd.of(41), Events.READ);
        provider.descriptor = 41;
        provider.step = (timeout, sink) -> sink.ready(1L << 40, Events.READ);

        selector.selectNow();

        assertEquals(Map.of(3, Events.READ), provider.interests);
        assertSame(stale, selector.unregister(Fd.of(41)));
    }

    @Test
    void swapToAProviderThatFailsToSayWhatItCanDoChangesNothing() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        int[] asked = new int[1];
        provider.atCapabilities = () -> {
            // The catalog asks no more: once for the checks, once for the move.
            if (++asked[0] == 2) {
                throw new IllegalStateException("no answer");
            }
        };

        assertThrows(IllegalStateException.class, () -> selector.swap("stepped"));

        assertEquals(List.of("open", "add 3"), provider.calls);
        assertEquals(0, selector.metrics().swaps());
    }

    @Test
    void swapIsDoneEvenIfTheOldBackendFailsToClose() throws IOException {
        KeyedSelector swapped = new KeyedSelector(other, BackendCatalog.of(provider, other), NanoClock.system());
        SelectorKey key = swapped.register(Fd.of(3), Events.READ);
        other.current().closeFailure = new IllegalStateException("stuck in close");
        LogLines.clear();

        swapped.swap("stepped");

        assertEquals("stepped", swapped.backend());
        assertEquals(1, swapped.metrics().swaps());
        assertEquals(1, LogLines.with("failed to close").size());
        provider.step = (timeout, sink) -> sink.ready(provider.tokens.get(3), Events.READ);
        assertEquals(List.of(new Ready(key, Events.READ)), swapped.selectNow());
        swapped.close();
    }

    @Test
    void selectorThatFailsToReleaseIsClosedAllTheSame() throws IOException {
        KeyedSelector failing = new KeyedSelector(other, BackendCatalog.of(other), NanoClock.system());
        other.current().closeFailure = new IllegalStateException("stuck in close");

        assertThrows(IllegalStateException.class, failing::close);

        failing.close();
        assertThrows(ClosedSelectorException.class, failing::backend);
    }

    @Test
    void sourceThatChangesTheSelectorWhileItIsAskedFailsAndChangesNothing() throws IOException {
        Talking source = new Talking();
        SelectorKey key = selector.register(Fd.of(4), Events.READ);
        List<String> calls = List.copyOf(provider.calls);
        List<IntSupplier> answers = new ArrayList<>();
        answers.add(() -> change(() -> selector.register(source, Events.WRITE)));
        answers.add(() -> change(() -> selector.modify(Fd.of(4), Events.WRITE)));
        answers.add(() -> change(() -> selector.unregister(Fd.of(4))));
        answers.add(() -> change(() -> selector.swap("other")));
        answers.add(() -> change(selector::selectNow));
        answers.add(() -> change(selector::keys));

        for (IntSupplier answer : answers) {
            source.answer = answer;
            assertSelfCallFails(() -> selector.register(source, Events.READ));
            assertSelfCallFails(() -> selector.modify(source, Events.WRITE));
            assertSelfCallFails(() -> selector.unregister(source));
            assertSelfCallFails(() -> selector.key(source));
            assertSelfCallFails(() -> selector.keys().get(source));
        }

        assertEquals(Map.of(Fd.of(4), key), selector.keys());
        assertEquals(calls, provider.calls);
    }

    @Test
    void nameThatChangesTheSelectorFailsWhereverItIsPrinted() throws IOException {
        Talking source = new Talking();
        SelectorKey key = selector.register(source, Events.READ);
        other.refused.add(5);
        source.atName = () -> change(() -> selector.unregister(source));

        assertSelfCallFails(() -> selector.register(source, Events.READ));
        assertSelfCallFails(() -> selector.swap("other"));

        assertSame(key, selector.key(source));
        assertEquals("stepped", selector.backend());
        assertTrue(other.current().closed);
    }

    @Test
    void sourceThatThrowsWhenItIsAskedChangesNothing() throws IOException {
        Talking source = new Talking();
        source.answer = () -> {
            throw new UnsupportedOperationException("no descriptor");
        };

        assertThrows(UnsupportedOperationException.class, () -> selector.register(source, Events.READ));
        assertThrows(UnsupportedOperationException.class, () -> selector.modify(source, Events.READ));
        assertThrows(UnsupportedOperationException.class, () -> selector.unregister(source));

        assertEquals(Map.of(), selector.keys());
        source.answer = () -> 5;
        source.atName = () -> {
            throw new UnsupportedOperationException("no name");
        };
        assertThrows(UnsupportedOperationException.class, () -> selector.key(source));
        selector.register(source, Events.READ);
        assertEquals(List.of("open", "add 5"), provider.calls);
    }

    @Test
    void sourceMayWakeAndCloseTheSelectorThatAsksIt() throws IOException {
        Talking source = new Talking();
        source.answer = () -> {
            selector.wakeup();
            selector.close();
            return 5;
        };

        selector.register(source, Events.READ);

        assertEquals(List.of("open", "add 5", "close"), provider.calls);
        assertFalse(selector.isOpen());
    }

    @Test
    void sourceIsHeldToItWithinAHandlerToo() throws IOException {
        Talking source = new Talking();
        source.answer = () -> change(() -> selector.unregister(Fd.of(4)));
        selector.register(Fd.of(4), Events.READ);
        provider.step = (timeout, sink) -> sink.ready(provider.tokens.get(4), Events.READ);

        selector.selectNanos(0, (key, ready) -> {
            assertSelfCallFails(() -> selector.register(source, Events.READ));
            // The failure leaves the handler as free as it was.
            selector.register(Fd.of(6), Events.READ);
            assertThrows(NotRegisteredException.class, () -> selector.key(Fd.of(7)));
            selector.unregister(Fd.of(6));
        });

        assertEquals(1, selector.keys().size());
    }

    @Test
    void handlerThatThrowsNoLongerSpeaksForItsThread() throws IOException {
        Talking source = new Talking();
        source.answer = () -> change(() -> selector.unregister(Fd.of(4)));
        selector.register(Fd.of(4), Events.READ);
        provider.step = (timeout, sink) -> sink.ready(provider.tokens.get(4), Events.READ);
        assertThrows(
                IOException.class,
                () -> selector.selectNanos(0, (key, ready) -> {
                    throw new IOException("from the handler");
                }));

        assertSelfCallFails(() -> selector.register(source, Events.READ));
    }

    @Test
    void missingTimeoutFailsWithTheWayToWaitWithoutLimit() {
        NullPointerException missing = assertThrows(NullPointerException.class, () -> selector.select((Duration) null));

        assertTrue(missing.getMessage().contains("without limit"), missing.getMessage());
        assertEquals(
                missing.getMessage(),
                assertThrows(NullPointerException.class, () -> selector.select(null, (key, ready) -> {}))
                        .getMessage());
    }

    private interface Change {

        void run() throws IOException;
    }

    private static int change(Change change) {
        try {
            change.run();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return 5;
    }

    private static void assertSelfCallFails(Executable call) {
        IllegalStateException failed = assertThrows(IllegalStateException.class, call);
        assertTrue(failed.getMessage().contains("a source calls the selector that is asking it"), failed.getMessage());
    }

    @Test
    void backendIsHeldToItBetweenTwoHandlers() throws IOException {
        provider.descriptor = 40;
        selector.descriptor(); // from now on a one-shot source is disarmed while others are still to be delivered
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ | Events.WRITE | Events.ONESHOT);
        List<Integer> changed = new ArrayList<>();
        provider.atChange = fd -> {
            changed.add(fd);
            assertSelfCallFails(() -> selector.unregister(Fd.of(3)));
        };
        provider.step = (timeout, sink) -> {
            sink.ready(provider.tokens.get(3), Events.READ);
            sink.ready(provider.tokens.get(4), Events.READ);
        };

        assertEquals(2, selector.selectNanos(0, (key, ready) -> {}));

        assertEquals(List.of(4), changed);
    }

    @Test
    void keyWhoseHandlerRunsIsKnownUntilTheHandlerReturnsOrThrows() throws IOException {
        SelectorKey first = selector.register(Fd.of(3), Events.READ);
        SelectorKey second = selector.register(Fd.of(4), Events.READ);
        provider.step = (timeout, sink) -> {
            sink.ready(provider.tokens.get(3), Events.READ);
            sink.ready(provider.tokens.get(4), Events.READ);
        };
        List<SelectorKey> known = new ArrayList<>();
        assertNull(selector.delivering());

        assertEquals(2, selector.selectNanos(0, (key, ready) -> known.add(selector.delivering())));

        assertEquals(List.of(first, second), known);
        assertNull(selector.delivering());
        assertThrows(
                IOException.class,
                () -> selector.selectNanos(0, (key, ready) -> {
                    throw new IOException("from the handler");
                }));
        assertNull(selector.delivering());
    }
}
