package dev.pollux.tck;

import static dev.pollux.Events.EDGE;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import dev.pollux.UnsupportedEventsException;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** SEL: what a handler may do, and what becomes of what it throws. */
interface HandlerRules extends RuleGroup {

    /** Registers {@code count} sources that are ready to write, with their number as data. */
    private List<Link> ready(int count) throws IOException {
        List<Link> ready = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Link link = links().writer();
            selector().register(link.source(), WRITE, i);
            ready.add(link);
        }
        return ready;
    }

    @Test
    @Rule("SEL-11")
    default void whatAHandlerThrowsPassesUnchanged() throws IOException {
        ready(1);

        for (Throwable failure :
                List.of(new IOException("io"), new IllegalStateException("unchecked"), new StackOverflowError())) {
            assertSame(
                    failure,
                    assertThrows(
                            failure.getClass(),
                            () -> selector().select(bench().soon(), (key, ready) -> {
                                throwUnchanged(failure);
                            })));
        }

        assertEquals(1, selector().selectNow().size());
    }

    private static void throwUnchanged(Throwable failure) throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        } else if (failure instanceof RuntimeException e) {
            throw e;
        }
        throw (Error) failure;
    }

    @Test
    @Rule("SEL-11")
    default void whatAFailingHandlerLeftComesAgain() throws IOException {
        ready(4);

        assertThrows(
                IOException.class,
                () -> selector().select(bench().soon(), (key, ready) -> {
                    throw new IOException("first of four");
                }));

        assertEquals(4, selector().select(bench().soon()).size());
    }

    @Test
    @Rule({"SEL-11", "EDGE-1"})
    default void whatAFailingHandlerLeftOfEdgesComesOnce() throws IOException {
        Link one = links().reader();
        Link other = links().reader();
        if (!bench().subject.has(Capability.EDGE)) {
            bench().assertRefused(
                            UnsupportedEventsException.class,
                            () -> selector().register(one.source(), READ | EDGE, null),
                            "EDGE");
            throw new RefusedAsItShould();
        }
        selector().register(one.source(), READ | EDGE, null);
        selector().register(other.source(), READ | EDGE, null);
        one.makeReadable();
        other.makeReadable();
        List<SelectorKey> delivered = new ArrayList<>();
        assertThrows(
                IOException.class,
                () -> selector().select(bench().soon(), (key, ready) -> {
                    delivered.add(key);
                    throw new IOException("first of two");
                }));

        selector().select(bench().soon(), (key, ready) -> delivered.add(key));

        assertEquals(2, delivered.size(), delivered::toString);
        assertFalse(delivered.get(0).equals(delivered.get(1)), delivered::toString);
        bench().assertQuiet();
    }

    @Test
    @Rule("SEL-12")
    default void selectInsideAHandlerIsRefused() throws IOException {
        ready(1);
        Map<String, Executable> selects = Map.of(
                "selectNow", () -> selector().selectNow(),
                "select", () -> selector().select(),
                "select(timeout)", () -> selector().select(Duration.ZERO),
                "select(timeout, handler)", () -> selector().select(Duration.ZERO, (key, ready) -> {}),
                "selectNanos", () -> selector().selectNanos(0, (key, ready) -> {}));

        selector()
                .select(
                        bench().soon(),
                        (key, ready) -> selects.forEach((name, select) -> {
                            IllegalStateException refusal =
                                    bench().assertRefused(IllegalStateException.class, select, "handler");
                            assertTrue(
                                    String.valueOf(refusal.getMessage()).contains("another selector"),
                                    refusal::getMessage);
                        }));

        assertEquals(1, selector().select(bench().soon()).size());
    }

    @Test
    @Rule("SEL-12")
    default void aHandlerMayRegister() throws IOException {
        ready(1);
        Object fresh = links().writer().source();

        selector().select(bench().soon(), once((key, ready) -> selector().register(fresh, WRITE, "fresh")));

        assertEquals(2, selector().select(bench().soon()).size());
    }

    /** Runs {@code action} for the first call only. */
    private static ReadyHandler once(ReadyHandler action) {
        boolean[] done = new boolean[1];
        return (key, ready) -> {
            if (!done[0]) {
                done[0] = true;
                action.onReady(key, ready);
            }
        };
    }

    @Test
    @Rule("SEL-12")
    default void aHandlerMayRegisterManyAndGetsTheRestOfItsBatch() throws IOException {
        ready(10);
        List<Object> data = new ArrayList<>();

        selector().select(bench().soon(), (key, ready) -> {
            data.add(key.data());
            for (int i = 0; i < 10; i++) {
                selector().register(links().writer().source(), WRITE, "fresh");
            }
        });

        assertEquals(10, data.size(), data::toString);
        assertFalse(data.contains("fresh"));
    }

    @Test
    @Rule("SEL-12")
    default void aHandlerMayUnregisterItself() throws IOException {
        ready(3);

        assertEquals(
                3, selector().select(bench().soon(), (key, ready) -> selector().unregister(key.fileobj())));

        assertEquals(Map.of(), selector().keys());
        bench().assertQuiet();
    }

    @Test
    @Rule("SEL-12")
    default void aHandlerMayModifyItself() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), WRITE, "old");

        selector().select(bench().soon(), (key, ready) -> selector().modify(key.fileobj(), READ, "new"));

        bench().assertQuiet();
        link.makeReadable();
        assertEquals(READ, bench().awaitReady(link, READ));
    }

    @Test
    @Rule({"SEL-12", "WAKE-1"})
    default void aHandlerMayWakeTheNextSelect() throws IOException {
        List<Link> ready = ready(1);
        selector().select(bench().soon(), (key, bits) -> selector().wakeup());
        selector().unregister(ready.get(0).source());

        assertEquals(List.of(), selector().select(bench().soon()));

        assertEquals(1, calls().sleeps(), "the second one did not wait");
    }

    @Test
    @Rule({"SEL-12", "CLO-1"})
    default void aHandlerMayClose() throws IOException {
        ready(3);
        int[] delivered = {0};

        int count = selector().select(bench().soon(), (key, ready) -> {
            delivered[0]++;
            selector().close();
            assertFalse(selector().isOpen());
            assertThrows(ClosedSelectorException.class, () -> selector().unregister(key.fileobj()));
        });

        assertEquals(1, count);
        assertEquals(1, delivered[0], "nothing is delivered after close");
        assertEquals(calls().opened(), calls().closed(), "the backend is released when the select ends");
        assertThrows(ClosedSelectorException.class, () -> selector().selectNow());
    }

    @Test
    @Rule({"SEL-12", "SWAP-1"})
    default void aHandlerMaySwap() throws IOException {
        ready(5);

        int count = selector()
                .select(
                        bench().soon(),
                        (key, ready) -> selector().swap(selector().backend()));

        assertEquals(5, count);
        assertEquals(5, selector().select(bench().soon()).size());
        assertEquals(6, calls().opened());
        assertEquals(5, calls().closed());
    }

    @Test
    @Rule("SEL-12")
    default void aHandlerMayLookUp() throws IOException {
        ready(1);

        selector().select(bench().soon(), (key, ready) -> {
            assertSame(key, selector().key(key.fileobj()));
            assertEquals(Map.of(key.fileobj(), key), selector().keys());
            assertEquals(bench().subject.provider().name(), selector().backend());
            assertEquals(bench().subject.provider().capabilities(), selector().capabilities());
        });
    }

    @Test
    @Rule("SEL-12")
    @SuppressWarnings("NullAway") // what is tested
    default void aNullHandlerIsRefused() throws IOException {
        ready(1);

        bench().assertRefused(NullPointerException.class, () -> selector().selectNanos(0, null), "handler");
        bench().assertRefused(NullPointerException.class, () -> selector().select(Duration.ZERO, null), "handler");

        assertEquals(1, selector().selectNow().size());
    }
}
