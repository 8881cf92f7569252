package dev.pollux.tck.rules;

import static dev.pollux.Events.ERROR;
import static dev.pollux.Events.NONE;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.tck.probe.OpenDescriptors;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an operation leaves behind when any one of the calls that it is made of fails: nothing. */
public interface FaultRules extends RuleGroup {

    @Test
    @Rule({"REG-8", "CLO-2"})
    default void whicheverCallOfRegisterIsRefusedNothingIsRegistered() throws IOException {
        int refused = 0;
        for (int events : new int[] {READ, WRITE, READ | WRITE, NONE}) {
            TestSource source = sources().duplex();
            source.makeReadable();

            int calls = fixture().refuseEachCallOf(() -> selector().register(source.fileobj(), events, "data"));

            assertTrue(calls > 0, "every registration asks the kernel");
            refused += calls;
            if (events != NONE) {
                fixture().awaitReady(source, events);
            }
        }

        assertEquals(4, selector().keys().size(), () -> "registered in the end");
        assertTrue(refused >= 4, "calls were refused");
    }

    @Test
    @Rule({"MOD-7", "CLO-2"})
    default void whicheverChangeIsRefusedIsReportedAndCanBeMadeAgain() throws IOException {
        TestSource source = sources().duplex();
        source.makeReadable();
        selector().register(source.fileobj(), READ, "data");
        fixture().awaitReady(source, READ);
        Map<Integer, String> descriptors = OpenDescriptors.now();
        int refused = 0;

        for (int events : new int[] {READ | WRITE, WRITE, NONE, READ, WRITE, READ | WRITE, NONE, READ | WRITE}) {
            fixture().faults.refuseCall(1, new IOException("the call fails"));
            SelectorKey key = selector().modify(source.fileobj(), events);
            List<Ready> reported = selector().selectNow();
            if (fixture().faults.recover()) {
                refused++;
                assertEquals(List.of(new Ready(key, events | ERROR)), reported);
                fixture().assertQuiet();
                assertSame(key, selector().modify(source.fileobj(), events));
            }

            assertSame(key, selector().key(source.fileobj()));
            if (events == NONE) {
                fixture().assertQuiet();
            } else {
                assertEquals(events, fixture().awaitReady(source, events));
            }
        }

        assertEquals(descriptors, OpenDescriptors.now());
        assertTrue(refused >= 6, "calls were refused");
    }

    @Test
    @Rule({"SWAP-3", "CLO-2"})
    default void whicheverCallOfSwapIsRefusedTheOldBackendGoesOn() throws IOException {
        for (int events : new int[] {READ, WRITE, NONE, READ | WRITE}) {
            TestSource source = sources().duplex();
            source.makeReadable();
            selector().register(source.fileobj(), events, "data");
            if (events != NONE) {
                fixture().awaitReady(source, events);
            }
        }

        int refused =
                fixture().refuseEachCallOf(() -> selector().swap(selector().backend()));

        assertTrue(refused >= 4, "to open a backend and to add three sources");
        assertEquals(1, selector().metrics().swaps(), "those that succeeded");
        assertEquals(3, selector().selectNow().size());
    }

    @Test
    @Rule("CLO-2")
    default void whicheverCallOfOpenIsRefusedNothingIsLeftOpen() throws IOException {
        int refused = fixture().refuseEachCallOf(() -> fixture().open().close());

        assertTrue(refused > 0, "to open a backend");
    }
}
