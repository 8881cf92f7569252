package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.NanoClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

/** Where what is done to a confined selector runs, and what its failures become. */
class ConfinementTest {

    /** A place where the caller never is, and that runs what it is given all the same. */
    private static final class Elsewhere implements Confinement {

        private int calls;

        @Override
        public boolean isHere() {
            return false;
        }

        @Override
        public <T> T call(Action<T> action) throws IOException {
            calls++;
            return action.run();
        }
    }

    private static final Confinement.Action<String> FAILING = () -> {
        throw new IOException("from the action");
    };

    private final ScriptedProvider provider = new ScriptedProvider("scripted", 1, Capability.values());

    @Test
    void theCallerOfASelectorThatOneThreadUsesIsAlwaysThere() throws IOException {
        assertTrue(Confinement.TO_THE_CALLER.isHere());
        assertEquals("done", Confinement.TO_THE_CALLER.call(() -> "done"));
        assertEquals("done", Confinement.TO_THE_CALLER.callUnchecked(() -> "done"));
    }

    @Test
    void aFailureComesAsItIsAndUncheckedFromACallThatDoesNoIo() {
        assertThrows(IOException.class, () -> Confinement.TO_THE_CALLER.call(FAILING));

        UncheckedIOException failed =
                assertThrows(UncheckedIOException.class, () -> Confinement.TO_THE_CALLER.callUnchecked(FAILING));

        assertEquals("from the action", failed.getCause().getMessage());
    }

    @Test
    void whatIsDoneToAConfinedSelectorGoesThroughItsConfinement() throws IOException {
        EventSelector selector = ScriptedProvider.selectorOver(NanoClock.system(), provider);
        Elsewhere place = new Elsewhere();
        ConfinedSelector confined = new ConfinedSelector(selector, place);
        ConfinedSelector here = new ConfinedSelector(selector, Confinement.TO_THE_CALLER);

        assertFalse(confined.isHere());
        assertTrue(here.isHere());
        assertEquals("scripted", confined.call(() -> confined.selector().backend()));
        assertEquals("done", confined.callUnchecked(() -> "done"));
        assertEquals(2, place.calls);
        assertSame(selector, confined.selector());
        assertTrue(confined.isOpen());
        selector.close();
        assertFalse(confined.isOpen());
    }
}
