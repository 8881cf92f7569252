package dev.pollux.tck;

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
interface CloseRules extends RuleGroup {

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
        Object source = links().duplex().source();
        Object other = links().duplex().source();
        selector().register(source, READ, "data");
        Map<String, Executable> uses = Map.ofEntries(
                Map.entry("register", () -> selector().register(other, READ, null)),
                Map.entry("register badly", () -> selector().register("no source", 1 << 9, null)),
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
                        "swap", () -> selector().swap(bench().subject.provider().name())),
                Map.entry("swap to nobody", () -> selector().swap("nobody")),
                Map.entry("backend", () -> selector().backend()),
                Map.entry("capabilities", () -> selector().capabilities()),
                Map.entry("metrics", () -> selector().metrics()));

        selector().close();

        uses.forEach((name, use) -> assertThrows(ClosedSelectorException.class, use, name));
    }

    @Test
    @Rule("CLO-1")
    default void closeEndsASelectOfAnotherThread() throws Exception {
        selector().register(links().duplex().source(), READ, null);
        Future<List<Ready>> select = bench().backgroundSelect();

        selector().close();

        assertThrows(ClosedSelectorException.class, () -> bench().result(select));
        bench().await(() -> calls().closed() == 1, "the thread that was inside releases the backend");
    }

    @Test
    @Rule("CLO-1")
    default void closeEndsASelectWithNothingRegistered() throws Exception {
        Future<List<Ready>> select = bench().backgroundSelect();

        selector().close();

        assertThrows(ClosedSelectorException.class, () -> bench().result(select));
    }

    @Test
    @Rule("CLO-1")
    default void manyThreadsMayCloseAtOnce() throws Exception {
        for (int i = 0; i < 50; i++) {
            EventSelector closed = bench().open();
            List<Future<Boolean>> closing = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                closing.add(bench().background(() -> {
                    closed.close();
                    return closed.isOpen();
                }));
            }
            for (Future<Boolean> close : closing) {
                assertFalse(bench().result(close));
            }
        }

        bench().await(() -> calls().closed() == 50, "each backend is closed once");
    }

    @Test
    @Rule({"CLO-1", "THR-1"})
    default void whateverIsInterruptedByCloseSaysSo() throws Exception {
        for (int i = 0; i < 50; i++) {
            EventSelector closed = bench().open();
            Link link = links().reader();
            Future<Boolean> using = bench().background(() -> useUntilClosed(closed, link.source()));
            bench().await(() -> closed.metrics().waits() > 0 || using.isDone(), "the selector is in use");

            closed.close();

            assertTrue(bench().result(using));
            links().discard(link);
        }
        bench().await(() -> calls().closed() == 50, "each backend is closed once");
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
        Link.Connection link = links().connection();
        selector().register(link.source(), READ, null);

        selector().close();

        link.makeReadable();
        EventSelector another = bench().open();
        SelectorKey key = another.register(link.source(), READ, null);
        assertEquals(List.of(new Ready(key, READ)), another.select(bench().soon()));
        assertEquals(1, link.drain());
    }

    @Test
    @Rule("CLO-2")
    default void aSourceMayBeWatchedByTwoSelectors() throws IOException {
        Link link = links().duplex();
        EventSelector other = bench().open();
        selector().register(link.source(), READ, "one");
        other.register(link.source(), READ, "other");

        link.makeReadable();

        bench().awaitReady(link, READ);
        bench().awaitReady(other, link, READ);
        other.close();
        assertEquals(READ, bench().readyNow(link));
    }

    @Test
    @Rule("CLO-2")
    default void closeGivesBackEveryDescriptor() throws Exception {
        Link link = links().duplex();
        Map<Integer, String> before = OpenDescriptors.now();

        for (int i = 0; i < 20; i++) {
            try (EventSelector selector = Selectors.open(bench().subject.provider())) {
                selector.register(link.source(), READ | WRITE, null);
                selector.select(bench().soon());
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
            EventSelector closed = bench().open();
            long sleeps = calls().sleeps();
            Callable<List<Ready>> select = () -> closed.select();
            Future<List<Ready>> selecting = bench().background(select);
            bench().await(() -> calls().sleeps() > sleeps, "another thread waits in select");
            closed.close();
            assertThrows(ClosedSelectorException.class, () -> bench().result(selecting));
        }

        bench().await(() -> calls().closed() == 20, "the threads that were inside release the backends");
        bench().await(() -> before.equals(OpenDescriptors.now()), "no descriptor stays open: " + OpenDescriptors.now());
    }

    @Test
    @Rule("CLO-2")
    default void aClosedSelectorLeavesNoThread() throws Exception {
        LiveThreads before = LiveThreads.now();
        EventSelector closed = bench().open();
        closed.register(links().duplex().source(), READ | WRITE, null);
        closed.select(bench().soon());

        closed.close();

        bench().await(() -> before.others().isEmpty(), "every thread ends that the selector has begun");
    }

    @Test
    @Rule("CLO-2")
    default void aSelectorThatDoesNotOpenLeavesNothing() throws IOException {
        IOException failure = new IOException("too many open files");
        bench().faults.failToOpen(failure);

        assertSame(failure, bench().assertRefused(IOException.class, () -> bench().open()));

        assertTrue(selector().isOpen());
    }

    @Test
    @Rule("CLO-1")
    default void sourcesMayBeClosedFirst() throws IOException {
        Link.Connection link = links().connection();
        selector().register(link.source(), READ | WRITE, null);
        bench().awaitReady(link, WRITE);

        link.close();
        selector().close();

        assertFalse(selector().isOpen());
    }
}
