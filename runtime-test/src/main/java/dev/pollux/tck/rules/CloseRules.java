package dev.pollux.tck.rules;

import static dev.pollux.Events.NONE;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.EventSelector;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.Selectors;
import dev.pollux.tck.probe.LiveThreads;
import dev.pollux.tck.probe.OpenDescriptors;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** CLO: the end of a selector. */
public interface CloseRules extends RuleGroup {

    @Test
    @Rule("CLO-1")
    default void closeMayBeRepeated() {
        assertTrue(selector().isOpen());

        for (int i = 0; i < 3; i++) {
            selector().close();
            assertFalse(selector().isOpen());
        }

        assertEquals(1, calls().closed(), "the backend is closed once");
    }

    @Test
    @Rule("CLO-1")
    default void afterCloseEverythingElseSaysSo() throws IOException {
        Object source = sources().duplex().fileobj();
        Object other = sources().duplex().fileobj();
        selector().register(source, READ, "data");
        Map<String, Executable> uses = Map.ofEntries(
                Map.entry("register", () -> selector().register(other, READ, null)),
                Map.entry("register badly", () -> selector().register("no source", 1 << 20, null)),
                Map.entry("modify", () -> selector().modify(source, WRITE)),
                Map.entry("modify with data", () -> selector().modify(source, WRITE, "new")),
                Map.entry("unregister", () -> selector().unregister(source)),
                Map.entry("key", () -> selector().key(source)),
                Map.entry("keys", () -> selector().keys()),
                Map.entry("select", () -> selector().select()),
                Map.entry("select with timeout", () -> selector().select(Duration.ZERO)),
                Map.entry("select with handler", () -> selector().select(Duration.ZERO, (key, ready) -> {})),
                Map.entry("selectNanos", () -> selector().selectNanos(0, (key, ready) -> {})),
                Map.entry("selectNow", () -> selector().selectNow()),
                Map.entry(
                        "swap",
                        () -> selector().swap(fixture().subject.provider().name())),
                Map.entry("swap to no one", () -> selector().swap("nobody")),
                Map.entry("backend", () -> selector().backend()),
                Map.entry("capabilities", () -> selector().capabilities()),
                Map.entry("metrics", () -> selector().metrics()));

        selector().close();

        uses.forEach((name, use) -> assertThrows(ClosedSelectorException.class, use, name));
    }

    @Test
    @Rule("CLO-1")
    default void closeEndsASelectOfAnotherThread() throws Exception {
        selector().register(sources().duplex().fileobj(), READ, null);
        Future<List<Ready>> select = fixture().backgroundSelect();

        selector().close();

        assertThrows(ClosedSelectorException.class, () -> fixture().result(select));
        fixture().await(() -> calls().closed() == 1, "the thread that was inside releases the backend");
    }

    @Test
    @Rule("CLO-1")
    default void closeEndsASelectWithNothingRegistered() throws Exception {
        Future<List<Ready>> select = fixture().backgroundSelect();

        selector().close();

        assertThrows(ClosedSelectorException.class, () -> fixture().result(select));
    }

    @Test
    @Rule("CLO-1")
    default void manyThreadsMayCloseAtOnce() throws Exception {
        for (int i = 0; i < 50; i++) {
            EventSelector closed = fixture().open();
            List<Future<Boolean>> closing = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                closing.add(fixture().background(() -> {
                    closed.close();
                    return closed.isOpen();
                }));
            }
            for (Future<Boolean> close : closing) {
                assertFalse(fixture().result(close));
            }
        }

        fixture().await(() -> calls().closed() == 50, "each backend is closed once");
    }

    @Test
    @Rule({"CLO-1", "THR-1"})
    default void whateverIsInterruptedByCloseSaysSo() throws Exception {
        for (int i = 0; i < 50; i++) {
            EventSelector closed = fixture().open();
            TestSource source = sources().reader();
            Future<Boolean> using = fixture().background(() -> useUntilClosed(closed, source.fileobj()));
            fixture().await(() -> closed.metrics().waits() > 0 || using.isDone(), "the selector is in use");

            closed.close();

            assertTrue(fixture().result(using));
            sources().discard(source);
        }
        fixture().await(() -> calls().closed() == 50, "each backend is closed once");
    }

    private static boolean useUntilClosed(EventSelector selector, Object source) throws IOException {
        try {
            while (true) {
                selector.register(source, READ, null);
                selector.select(Duration.ofNanos(1_000));
                selector.modify(source, NONE);
                selector.keys().forEach((fileobj, key) -> assertSame(source, fileobj));
                selector.unregister(source);
            }
        } catch (ClosedSelectorException documented) {
            return true;
        }
    }

    @Test
    @Rule("CLO-2")
    default void registeredSourcesStayOpen() throws IOException {
        TestSource.Connection source = sources().connection();
        selector().register(source.fileobj(), READ, null);

        selector().close();

        source.makeReadable();
        EventSelector another = fixture().open();
        SelectorKey key = another.register(source.fileobj(), READ, null);
        assertEquals(List.of(new Ready(key, READ)), another.select(fixture().soon()));
        assertEquals(1, source.drain());
    }

    @Test
    @Rule("CLO-2")
    default void aSourceMayBeWatchedByTwoSelectors() throws IOException {
        TestSource source = sources().duplex();
        EventSelector other = fixture().open();
        selector().register(source.fileobj(), READ, "one");
        other.register(source.fileobj(), READ, "other");

        source.makeReadable();

        fixture().awaitReady(source, READ);
        fixture().awaitReady(other, source, READ);
        other.close();
        assertEquals(READ, fixture().readyNow(source));
    }

    @Test
    @Rule("CLO-2")
    default void closeGivesBackEveryDescriptor() throws Exception {
        TestSource source = sources().duplex();
        Map<Integer, String> before = OpenDescriptors.now();

        for (int i = 0; i < 20; i++) {
            try (EventSelector selector = Selectors.open(fixture().subject.provider())) {
                selector.register(source.fileobj(), READ | WRITE, null);
                selector.select(fixture().soon());
                selector.wakeup();
            }
        }

        assertEquals(before, OpenDescriptors.now(), "open descriptors");
    }

    @Test
    @Rule("CLO-2")
    default void closeDuringASelectGivesBackEveryDescriptor() throws Exception {
        Map<Integer, String> before = OpenDescriptors.now();

        for (int i = 0; i < 20; i++) {
            EventSelector closed = fixture().open();
            long sleeps = calls().sleeps();
            Callable<List<Ready>> select = () -> closed.select();
            Future<List<Ready>> selecting = fixture().background(select);
            fixture().await(() -> calls().sleeps() > sleeps, "another thread waits in select");
            closed.close();
            assertThrows(ClosedSelectorException.class, () -> fixture().result(selecting));
        }

        fixture().await(() -> calls().closed() == 20, "the threads that were inside release the backends");
        fixture()
                .await(
                        () -> before.equals(OpenDescriptors.now()),
                        "no descriptor stays open: " + OpenDescriptors.now());
    }

    @Test
    @Rule("CLO-2")
    default void aClosedSelectorLeavesNoThread() throws Exception {
        LiveThreads before = LiveThreads.now();
        EventSelector closed = fixture().open();
        closed.register(sources().duplex().fileobj(), READ | WRITE, null);
        closed.select(fixture().soon());

        closed.close();

        fixture().await(() -> before.others().isEmpty(), "every thread ends that the selector has begun");
    }

    @Test
    @Rule("CLO-2")
    default void aSelectorThatDoesNotOpenLeavesNothing() throws IOException {
        IOException failure = new IOException("too many open files");
        fixture().faults.failToOpen(failure);

        assertSame(
                failure,
                fixture().assertRefused(IOException.class, () -> fixture().open()));

        assertTrue(selector().isOpen());
    }

    @Test
    @Rule("CLO-1")
    default void sourcesMayBeClosedFirst() throws IOException {
        TestSource.Connection source = sources().connection();
        selector().register(source.fileobj(), READ | WRITE, null);
        fixture().awaitReady(source, WRITE);

        source.close();
        selector().close();

        assertFalse(selector().isOpen());
    }
}
