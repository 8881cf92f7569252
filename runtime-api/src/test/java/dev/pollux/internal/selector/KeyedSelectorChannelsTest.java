package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.AlreadyRegisteredException;
import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.NanoClock;
import dev.pollux.NotRegisteredException;
import dev.pollux.SelectorKey;
import dev.pollux.UnsupportedEventsException;
import dev.pollux.UnsupportedSourceException;
import dev.pollux.internal.discovery.BackendCatalog;
import java.io.IOException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.Pipe;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What identifies a registration, with channels and numbers for the same descriptor, and what refuses one. */
@Timeout(60)
class KeyedSelectorChannelsTest {

    private static final int FD = 7;

    private final SteppedProvider provider = new SteppedProvider(Capability.values());
    private KeyedSelector selector;
    private Pipe pipe;

    @BeforeEach
    void open() throws IOException {
        selector = opened(provider);
        pipe = Pipe.open();
        pipe.source().configureBlocking(false);
        pipe.sink().configureBlocking(false);
        provider.descriptors.put(pipe.source(), FD);
        provider.descriptors.put(pipe.sink(), FD + 1);
    }

    @AfterEach
    void close() throws IOException {
        selector.close();
        pipe.source().close();
        pipe.sink().close();
    }

    private static KeyedSelector opened(SteppedProvider provider) throws IOException {
        BackendCatalog catalog = BackendCatalog.of(provider);
        return new KeyedSelector(provider, catalog, NanoClock.system());
    }

    @Test
    void channelIsFoundByItselfAndByItsNumber() throws IOException {
        SelectorKey key = selector.register(pipe.source(), Events.READ, "data");

        assertEquals(new SelectorKey(pipe.source(), FD, Events.READ, "data"), key);
        assertSame(key, selector.key(pipe.source()));
        assertSame(key, selector.key(Fd.of(FD)));
        assertSame(key, selector.keys().get(Fd.of(FD)));
        assertSame(key, selector.unregister(Fd.of(FD)));
        assertEquals(List.of("open", "add 7", "remove 7"), provider.calls);
    }

    @Test
    void numberIsFoundByTheChannelThatHasIt() throws IOException {
        SelectorKey key = selector.register(Fd.of(FD), Events.READ);

        assertSame(key, selector.key(pipe.source()));
        pipe.source().close();
        assertThrows(NotRegisteredException.class, () -> selector.key(pipe.source()));
        assertSame(key, selector.key(Fd.of(FD)));
    }

    @Test
    void closedChannelStillFindsItsOwnRegistration() throws IOException {
        SelectorKey key = selector.register(pipe.source(), Events.READ);
        pipe.source().close();

        assertSame(key, selector.key(pipe.source()));
        assertSame(key, selector.modify(pipe.source(), Events.READ));
        assertSame(key, selector.unregister(pipe.source()));
    }

    @Test
    void secondRegistrationOfADescriptorIsRefusedByWhateverNameItComes() throws IOException {
        SelectorKey key = selector.register(pipe.source(), Events.READ);

        AlreadyRegisteredException again =
                assertThrows(AlreadyRegisteredException.class, () -> selector.register(pipe.source(), Events.READ));
        AlreadyRegisteredException byNumber =
                assertThrows(AlreadyRegisteredException.class, () -> selector.register(Fd.of(FD), Events.READ));

        assertTrue(again.getMessage().contains("is registered already for READ"), again.getMessage());
        assertTrue(byNumber.getMessage().contains("names the descriptor"), byNumber.getMessage());
        assertSame(key, selector.key(pipe.source()));
        assertEquals(1, selector.metrics().registered());
        assertEquals(List.of("open", "add 7"), provider.calls);
    }

    @Test
    void refusedInterestLeavesNoTrace() throws IOException {
        assertThrows(IllegalArgumentException.class, () -> selector.register(pipe.source(), Events.WRITE));
        assertThrows(IllegalArgumentException.class, () -> selector.register(pipe.source(), Events.ERROR));
        pipe.sink().configureBlocking(true);
        assertThrows(IllegalBlockingModeException.class, () -> selector.register(pipe.sink(), Events.WRITE));

        assertEquals(Map.of(), selector.keys());
        assertEquals(List.of("open"), provider.calls);
    }

    @Test
    void modifyIsHeldToTheSameRulesAsRegister() throws IOException {
        SelectorKey key = selector.register(pipe.source(), Events.READ, "data");

        assertThrows(IllegalArgumentException.class, () -> selector.modify(pipe.source(), Events.WRITE));
        assertThrows(IllegalArgumentException.class, () -> selector.modify(pipe.source(), Events.ERROR));
        assertThrows(IllegalArgumentException.class, () -> selector.modify(pipe.source(), Events.HANGUP, "other"));

        assertSame(key, selector.key(pipe.source()));
        assertEquals(List.of("open", "add 7"), provider.calls);
    }

    @Test
    void capabilitiesAreThoseOfTheBackendAndDecideWhatIsTaken() throws IOException {
        SteppedProvider poor = new SteppedProvider(Capability.DESCRIPTORS);
        KeyedSelector numbers = opened(poor);

        assertEquals(Set.of(Capability.DESCRIPTORS), numbers.capabilities());
        assertThrows(UnsupportedSourceException.class, () -> numbers.register(pipe.source(), Events.READ));
        assertThrows(UnsupportedEventsException.class, () -> numbers.register(Fd.of(3), Events.READ | Events.EDGE));
        SelectorKey key = numbers.register(Fd.of(3), Events.READ);
        assertThrows(UnsupportedEventsException.class, () -> numbers.modify(Fd.of(3), Events.PRIORITY));
        assertThrows(UnsupportedEventsException.class, () -> numbers.modify(Fd.of(3), Events.PRIORITY, "data"));
        assertSame(key, numbers.key(Fd.of(3)));
        numbers.close();
    }

    @Test
    void sourceForNothingIsTriedOutInADirectionThatItHas() throws IOException {
        selector.register(pipe.sink(), Events.NONE);
        selector.register(pipe.source(), Events.NONE);

        assertEquals(List.of("open", "add 8", "remove 8", "add 7", "remove 7"), provider.calls);
        selector.modify(pipe.sink(), Events.WRITE | Events.ONESHOT);
        selector.selectNow();
        assertEquals(Map.of(FD + 1, Events.WRITE), provider.interests);
        selector.modify(pipe.sink(), Events.NONE);
        selector.selectNow();
        assertEquals(Map.of(), provider.interests);
        selector.unregister(pipe.sink());
        assertEquals(List.of("open", "add 8", "remove 8", "add 7", "remove 7", "add 8", "remove 8"), provider.calls);
    }

    @Test
    void unknownSourceIsRefusedByNameWithHowManyThereAre() throws IOException {
        selector.register(pipe.source(), Events.READ);

        NotRegisteredException refused = assertThrows(NotRegisteredException.class, () -> selector.key(Fd.of(3)));

        assertTrue(refused.getMessage().contains(Fd.of(3).toString()), refused.getMessage());
        assertTrue(refused.getMessage().contains("(1 registered)"), refused.getMessage());
        assertThrows(NotRegisteredException.class, () -> selector.key(pipe.sink()));
        assertThrows(NotRegisteredException.class, () -> selector.key("stdin"));
        assertNull(selector.keys().get("stdin"));
        assertFalse(selector.keys().containsKey(null));
    }

    @Test
    void nullsAreRefusedByName() {
        assertEquals(
                "fileobj",
                assertThrows(NullPointerException.class, () -> selector.register(null, Events.READ))
                        .getMessage());
        assertEquals(
                "fileobj",
                assertThrows(NullPointerException.class, () -> selector.key(null))
                        .getMessage());
        assertEquals(
                "name",
                assertThrows(NullPointerException.class, () -> selector.swap(null))
                        .getMessage());
        assertEquals(
                "handler",
                assertThrows(NullPointerException.class, () -> selector.selectNanos(0, null))
                        .getMessage());
    }

    @Test
    void refusedCallLeavesTheSelectorToOtherThreads() throws Exception {
        selector.register(pipe.source(), Events.READ);
        assertThrows(NotRegisteredException.class, () -> selector.key(Fd.of(3)));
        assertThrows(NotRegisteredException.class, () -> selector.modify(Fd.of(3), Events.READ));
        assertThrows(NotRegisteredException.class, () -> selector.modify(Fd.of(3), Events.READ, "data"));
        assertThrows(NotRegisteredException.class, () -> selector.unregister(Fd.of(3)));
        assertThrows(AlreadyRegisteredException.class, () -> selector.register(pipe.source(), Events.READ));
        assertThrows(IllegalArgumentException.class, () -> selector.swap("unknown"));
        selector.keys().get(Fd.of(3));
        selector.selectNow();
        selector.backend();
        selector.capabilities();
        Throwable[] thrown = new Throwable[1];

        Thread other = new Thread(() -> {
            try {
                selector.unregister(pipe.source());
            } catch (Throwable e) {
                thrown[0] = e;
            }
        });
        other.start();
        other.join();

        assertNull(thrown[0]);
        assertEquals(Map.of(), selector.keys());
    }

    @Test
    void everyCallOfAThreadThatIsInsideKeepsOthersOut() throws Exception {
        selector.register(pipe.source(), Events.READ);
        provider.step = (timeout, sink) -> sink.ready(provider.tokens.get(FD), Events.READ);
        Throwable[] thrown = new Throwable[1];

        selector.selectNanos(0, (key, ready) -> {
            selector.key(pipe.source());
            selector.modify(pipe.source(), Events.READ);
            selector.modify(pipe.source(), Events.READ, "data");
            selector.register(pipe.sink(), Events.WRITE);
            selector.unregister(pipe.sink());
            selector.backend();
            selector.capabilities();
            assertEquals(1, selector.keys().size());
            assertThrows(IllegalStateException.class, selector::selectNow);
            selector.swap("stepped");
            Thread other = new Thread(() -> thrown[0] = assertThrows(IllegalStateException.class, selector::keys));
            other.setName("intruder");
            other.start();
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });

        String message = thrown[0].getMessage();
        assertTrue(message.contains("thread intruder uses a selector that thread"), message);
        assertTrue(message.contains(Thread.currentThread().getName() + " is using"), message);
    }

    @Test
    void viewHasEveryKeyByItsObjectAndNothingElse() throws IOException {
        Map<Object, SelectorKey> view = selector.keys();
        assertTrue(view.isEmpty());
        SelectorKey reader = selector.register(pipe.source(), Events.READ);
        SelectorKey gone = selector.register(Fd.of(3), Events.READ);
        SelectorKey writer = selector.register(pipe.sink(), Events.WRITE);
        selector.unregister(gone.fileobj());

        assertEquals(2, view.size());
        assertEquals(2, view.entrySet().size());
        assertEquals(Map.of(pipe.source(), reader, pipe.sink(), writer), view);
        assertEquals(List.of(reader, writer), List.copyOf(view.values()));
        assertTrue(view.containsKey(pipe.source()));
        assertFalse(view.containsKey(gone.fileobj()));
        assertThrows(UnsupportedOperationException.class, () -> view.remove(pipe.source()));
    }

    @Test
    void viewOfAClosedSelectorIsEmpty() throws IOException {
        selector.register(pipe.source(), Events.READ);
        Map<Object, SelectorKey> view = selector.keys();
        Iterator<Object> ahead = view.keySet().iterator();

        selector.close();

        assertEquals(0, view.size());
        assertNull(view.get(pipe.source()));
        assertFalse(view.containsKey(pipe.source()));
        assertFalse(view.keySet().iterator().hasNext());
        assertSame(pipe.source(), ahead.next());
        assertFalse(ahead.hasNext());
        assertThrows(NoSuchElementException.class, ahead::next);
    }

    @Test
    void closeReleasesTheBackendOnce() {
        selector.close();
        selector.close();
        selector.wakeup();

        assertEquals(List.of("open", "close"), provider.calls);
    }

    @Test
    void swapTellsWhatTheNewBackendCanDo() throws IOException {
        SteppedProvider first = new SteppedProvider(Capability.DESCRIPTORS, Capability.EDGE);
        ScriptedProvider second = new ScriptedProvider("second", 2, Capability.DESCRIPTORS);
        KeyedSelector swapped = new KeyedSelector(first, BackendCatalog.of(first, second), NanoClock.system());

        swapped.swap("second");

        assertEquals(Set.of(Capability.DESCRIPTORS), swapped.capabilities());
        assertEquals("second", swapped.backend());
        assertEquals(List.of("open", "close"), first.calls);
        swapped.close();
    }

    @Test
    void swapToABackendThatCannotWatchASourceIsRefusedBeforeItIsOpened() throws IOException {
        ScriptedProvider numbers = new ScriptedProvider("numbers", 2, Capability.DESCRIPTORS);
        KeyedSelector swapped = new KeyedSelector(provider, BackendCatalog.of(provider, numbers), NanoClock.system());
        swapped.register(pipe.source(), Events.READ);

        assertThrows(UnsupportedSourceException.class, () -> swapped.swap("numbers"));

        assertEquals(List.of(), numbers.opened);
        assertEquals("stepped", swapped.backend());
        swapped.close();
    }

    @Test
    void anyNumberOfRegistrationsCanBeSwapped() throws IOException {
        for (int fd = 10; fd < 50; fd++) {
            selector.register(Fd.of(fd), Events.READ);
            selector.swap("stepped");
            assertEquals(fd - 9, provider.tokens.size());
        }
    }
}
