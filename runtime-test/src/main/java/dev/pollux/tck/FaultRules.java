package dev.pollux.tck;

import static dev.pollux.Events.NONE;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What an operation leaves behind when any one of the calls that it is made of is refused: nothing. */
interface FaultRules extends RuleGroup {

    @Test
    @Rule({"REG-8", "CLO-2"})
    default void whicheverCallOfRegisterIsRefusedNothingIsRegistered() throws IOException {
        int refused = 0;
        for (int events : new int[] {READ, WRITE, READ | WRITE, NONE}) {
            Link link = links().duplex();
            link.makeReadable();

            int calls = bench().refuseEachCallOf(() -> selector().register(link.source(), events, "data"));

            assertTrue(calls > 0, "every registration asks the kernel");
            refused += calls;
            if (events != NONE) {
                bench().awaitReady(link, events);
            }
        }

        assertEquals(4, selector().keys().size(), () -> "registered in the end");
        assertTrue(refused >= 4, "calls were refused");
    }

    @Test
    @Rule({"MOD-4", "CLO-2"})
    default void whicheverCallOfModifyIsRefusedTheOldRegistrationStands() throws IOException {
        Link link = links().duplex();
        link.makeReadable();
        selector().register(link.source(), READ, "data");
        bench().awaitReady(link, READ);
        int refused = 0;

        for (int events : new int[] {READ | WRITE, WRITE, NONE, READ, WRITE, READ | WRITE, NONE, READ | WRITE}) {
            refused += bench().refuseEachCallOf(() -> selector().modify(link.source(), events));

            assertEquals(events, selector().key(link.source()).events());
            if (events == NONE) {
                bench().assertQuiet();
            } else {
                assertEquals(events, bench().awaitReady(link, events));
            }
        }

        assertTrue(refused >= 6, "calls were refused");
    }

    @Test
    @Rule({"SWAP-3", "CLO-2"})
    default void whicheverCallOfSwapIsRefusedTheOldBackendGoesOn() throws IOException {
        for (int events : new int[] {READ, WRITE, NONE, READ | WRITE}) {
            Link link = links().duplex();
            link.makeReadable();
            selector().register(link.source(), events, "data");
            if (events != NONE) {
                bench().awaitReady(link, events);
            }
        }

        int refused = bench().refuseEachCallOf(() -> selector().swap(selector().backend()));

        assertTrue(refused >= 4, "to open a backend and to add three sources");
        assertEquals(1, selector().metrics().swaps(), "those that succeeded");
        assertEquals(3, selector().selectNow().size());
    }

    @Test
    @Rule("CLO-2")
    default void whicheverCallOfOpenIsRefusedNothingIsLeftOpen() throws IOException {
        int refused = bench().refuseEachCallOf(() -> bench().open().close());

        assertTrue(refused > 0, "to open a backend");
    }
}
