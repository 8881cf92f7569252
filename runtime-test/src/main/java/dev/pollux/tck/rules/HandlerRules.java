package dev.pollux.tck.rules;

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
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** SEL: what a handler may do, and what becomes of what it throws. */
public interface HandlerRules extends RuleGroup {

    /** Registers {@code count} sources that are ready to write, with their number as data. */
    private List<TestSource> ready(int count) throws IOException {
        List<TestSource> ready = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TestSource source = sources().writer();
            selector().register(source.fileobj(), WRITE, i);
            ready.add(source);
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
                            () -> selector().select(fixture().soon(), (key, ready) -> {
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
                () -> selector().select(fixture().soon(), (key, ready) -> {
                    throw new IOException("first of four");
                }));

        assertEquals(4, selector().select(fixture().soon()).size());
    }

    @Test
    @Rule({"SEL-11", "EDGE-1"})
    default void whatAFailingHandlerLeftOfEdgesComesOnce() throws IOException {
        TestSource one = sources().reader();
        TestSource other = sources().reader();
        if (!fixture().subject.has(Capability.EDGE)) {
            fixture()
                    .assertRefused(
                            UnsupportedEventsException.class,
                            () -> selector().register(one.fileobj(), READ | EDGE, null),
                            "EDGE");
            throw new ProvenRefusal();
        }
        selector().register(one.fileobj(), READ | EDGE, null);
        selector().register(other.fileobj(), READ | EDGE, null);
        one.makeReadable();
        other.makeReadable();
        List<SelectorKey> delivered = new ArrayList<>();
        assertThrows(
                IOException.class,
                () -> selector().select(fixture().soon(), (key, ready) -> {
                    delivered.add(key);
                    throw new IOException("first of two");
                }));

        selector().select(fixture().soon(), (key, ready) -> delivered.add(key));

        assertEquals(2, delivered.size(), delivered::toString);
        assertFalse(delivered.get(0).equals(delivered.get(1)), delivered::toString);
        fixture().assertQuiet();
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
                        fixture().soon(),
                        (key, ready) -> selects.forEach((name, select) -> {
                            IllegalStateException refusal =
                                    fixture().assertRefused(IllegalStateException.class, select, "handler");
                            assertTrue(
                                    String.valueOf(refusal.getMessage()).contains("another selector"),
                                    refusal::getMessage);
                        }));

        assertEquals(1, selector().select(fixture().soon()).size());
    }

    @Test
    @Rule("SEL-12")
    default void aHandlerMayRegister() throws IOException {
        ready(1);
        Object fresh = sources().writer().fileobj();

        selector().select(fixture().soon(), once((key, ready) -> selector().register(fresh, WRITE, "fresh")));

        assertEquals(2, selector().select(fixture().soon()).size());
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

        selector().select(fixture().soon(), (key, ready) -> {
            data.add(key.data());
            for (int i = 0; i < 10; i++) {
                selector().register(sources().writer().fileobj(), WRITE, "fresh");
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
                3,
                selector().select(fixture().soon(), (key, ready) -> selector().unregister(key.fileobj())));

        assertEquals(Map.of(), selector().keys());
        fixture().assertQuiet();
    }

    @Test
    @Rule("SEL-12")
    default void aHandlerMayModifyItself() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), WRITE, "old");

        selector().select(fixture().soon(), (key, ready) -> selector().modify(key.fileobj(), READ, "new"));

        fixture().assertQuiet();
        source.makeReadable();
        assertEquals(READ, fixture().awaitReady(source, READ));
    }

    @Test
    @Rule({"SEL-12", "WAKE-1"})
    default void aHandlerMayWakeTheNextSelect() throws IOException {
        List<TestSource> ready = ready(1);
        selector().select(fixture().soon(), (key, bits) -> selector().wakeup());
        selector().unregister(ready.get(0).fileobj());

        assertEquals(List.of(), selector().select(fixture().soon()));

        assertEquals(1, calls().sleeps(), "the second one did not wait");
    }

    @Test
    @Rule({"SEL-12", "CLO-1"})
    default void aHandlerMayClose() throws IOException {
        ready(3);
        int[] delivered = {0};

        int count = selector().select(fixture().soon(), (key, ready) -> {
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
                        fixture().soon(),
                        (key, ready) -> selector().swap(selector().backend()));

        assertEquals(5, count);
        assertEquals(5, selector().select(fixture().soon()).size());
        assertEquals(6, calls().opened());
        assertEquals(5, calls().closed());
    }

    @Test
    @Rule("SEL-12")
    default void aHandlerMayLookUp() throws IOException {
        ready(1);

        selector().select(fixture().soon(), (key, ready) -> {
            assertSame(key, selector().key(key.fileobj()));
            assertEquals(Map.of(key.fileobj(), key), selector().keys());
            assertEquals(fixture().subject.provider().name(), selector().backend());
            assertEquals(fixture().subject.provider().capabilities(), selector().capabilities());
        });
    }

    @Test
    @Rule("SEL-12")
    @SuppressWarnings("NullAway") // what is tested
    default void aNullHandlerIsRefused() throws IOException {
        ready(1);

        fixture().assertRefused(NullPointerException.class, () -> selector().selectNanos(0, null), "handler");
        fixture().assertRefused(NullPointerException.class, () -> selector().select(Duration.ZERO, null), "handler");

        assertEquals(1, selector().selectNow().size());
    }
}
