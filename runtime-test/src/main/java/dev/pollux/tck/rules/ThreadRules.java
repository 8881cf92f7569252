package dev.pollux.tck.rules;

import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** THR: one thread at a time. */
public interface ThreadRules extends RuleGroup {

    @Test
    @Rule("THR-1")
    default void aSecondThreadInsideIsRefused() throws Exception {
        Object source = sources().duplex().fileobj();
        Object other = sources().duplex().fileobj();
        SelectorKey key = selector().register(source, READ, "data");
        Map<String, Executable> uses = Map.ofEntries(
                Map.entry("register", () -> selector().register(other, READ, null)),
                Map.entry("modify", () -> selector().modify(source, WRITE)),
                Map.entry("modify with data", () -> selector().modify(source, WRITE, "new")),
                Map.entry("unregister", () -> selector().unregister(source)),
                Map.entry("key", () -> selector().key(source)),
                Map.entry("keys", () -> selector().keys()),
                Map.entry("select", () -> selector().select()),
                Map.entry("selectNow", () -> selector().selectNow()),
                Map.entry("swap", () -> selector().swap(selector().backend())));
        Future<List<Ready>> select = fixture().backgroundSelect();

        uses.forEach((name, use) -> {
            IllegalStateException refusal = assertThrows(IllegalStateException.class, use, name);
            String message = String.valueOf(refusal.getMessage());
            assertTrue(message.contains(Thread.currentThread().getName()), message);
            assertTrue(message.contains("background-"), message);
            assertTrue(message.contains("wakeup and close"), message);
        });

        assertFalse(select.isDone());
        selector().wakeup();
        assertEquals(List.of(), fixture().result(select));
        assertEquals(Map.of(source, key), selector().keys());
    }

    @Test
    @Rule("THR-1")
    default void aSecondThreadIsRefusedWhileAHandlerRuns() throws IOException {
        selector().register(sources().writer().fileobj(), WRITE, null);

        selector().select(fixture().soon(), (key, ready) -> {
            Future<Integer> second =
                    fixture().background(() -> selector().keys().size());
            assertThrows(IllegalStateException.class, () -> fixture().result(second));
        });
    }

    @Test
    @Rule("THR-1")
    default void aSelectorMayMoveFromThreadToThread() throws Exception {
        TestSource source = sources().duplex();
        SelectorKey key =
                fixture().result(fixture().background(() -> selector().register(source.fileobj(), READ, "data")));
        source.makeReadable();

        for (int i = 0; i < 5; i++) {
            assertEquals(
                    List.of(new Ready(key, READ)),
                    fixture()
                            .result(fixture()
                                    .background(
                                            () -> selector().select(fixture().soon()))));
        }

        assertEquals(key, fixture().result(fixture().background(() -> selector().unregister(source.fileobj()))));
        selector().close();
    }

    @Test
    @Rule("THR-1")
    default void whatAnyThreadMayUseIsUsableDuringASelect() throws Exception {
        Future<List<Ready>> select = fixture().backgroundSelect();

        assertTrue(selector().isOpen());
        assertEquals(1, selector().metrics().waits());
        selector().wakeup();
        fixture().result(select);
    }

    @Test
    @Rule("THR-1")
    default void threadsThatCollideAreRefusedAndNothingIsBroken() throws Exception {
        TestSource mine = sources().reader();
        TestSource other = sources().reader();
        Future<Integer> one = fixture().background(() -> registerAndUnregister(mine.fileobj()));
        Future<Integer> two = fixture().background(() -> registerAndUnregister(other.fileobj()));

        assertEquals(2_000, fixture().result(one) + fixture().result(two));

        assertEquals(Map.of(), selector().keys());
        SelectorKey key = selector().register(mine.fileobj(), READ, null);
        mine.makeReadable();
        assertEquals(List.of(new Ready(key, READ)), selector().select(fixture().soon()));
    }

    /** Does each call again until it is not refused, and returns how many were done. */
    private int registerAndUnregister(Object source) throws Exception {
        int done = 0;
        for (int i = 0; i < 500; i++) {
            done += untilAccepted(() -> selector().register(source, READ, null));
            done += untilAccepted(() -> {
                selector().select(Duration.ZERO);
                selector().unregister(source);
            });
        }
        return done;
    }

    private static int untilAccepted(Executable call) {
        while (true) {
            try {
                call.execute();
                return 1;
            } catch (IllegalStateException refused) {
                Thread.onSpinWait();
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
    }
}
