package dev.pollux.tck.model;

import static dev.pollux.Events.NONE;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.spi.Backend;
import dev.pollux.tck.Subject;
import dev.pollux.tck.mutants.JdkBackendProvider;
import dev.pollux.tck.mutants.Mutant;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Histories that end in an error on a broken backend, and pass on a sound one. */
class HistoryRunnerTest {

    private static final Step SELECT_NOW = new Step.Select(false);

    private static final List<Step> CHANGES =
            List.of(new Step.Register(0, READ, 0), SELECT_NOW, new Step.Modify(0, WRITE, 1), SELECT_NOW);

    private static final List<Step> EVENTS = List.of(new Step.Register(5, WRITE, 0), SELECT_NOW, SELECT_NOW);

    private static final List<Step> MISTAKES = List.of(
            new Step.Unregister(1),
            new Step.Modify(1, READ, 0),
            new Step.Register(1, 1 << 12, 0),
            new Step.Register(6, WRITE, 0),
            new Step.Register(1, NONE, 0),
            new Step.Register(1, READ, 0),
            new Step.Unregister(1),
            SELECT_NOW);

    private static final List<Step> EVERYTHING = List.of(
            new Step.Register(0, READ | WRITE, 0),
            new Step.Register(6, READ, 1),
            new Step.MakeReadable(6),
            new Step.MakeReadable(0),
            new Step.Select(true),
            new Step.Swap(),
            new Step.Wakeup(),
            new Step.Select(true),
            new Step.Drain(6),
            new Step.ClosePeer(0),
            new Step.Select(true),
            new Step.Drain(0),
            new Step.Unregister(0),
            new Step.Select(true));

    @Test
    void aSoundBackendGoesThroughAll() throws IOException {
        for (List<Step> history : List.of(CHANGES, EVENTS, MISTAKES, EVERYTHING)) {
            replay(history, sound -> sound);
        }
    }

    @Test
    void aChangeThatIsIgnoredIsSeen() {
        String message = assertFails(CHANGES, Mutant.IgnoresChange::new);

        assertTrue(message.contains("source 0 was lost"), message);
        assertTrue(message.contains("missing WRITE"), message);
    }

    @Test
    void anEventThatIsDroppedIsSeen() {
        String message = assertFails(EVENTS, Mutant.DropsEverySecondEvent::new);

        assertTrue(message.contains("source 5 was lost"), message);
    }

    private static String assertFails(List<Step> history, UnaryOperator<Backend> mutation) {
        return String.valueOf(assertThrows(AssertionError.class, () -> replay(history, mutation))
                .getMessage());
    }

    private static void replay(List<Step> history, UnaryOperator<Backend> mutation) throws IOException {
        Subject subject = Subject.of(new JdkBackendProvider(mutation)).withPatience(Duration.ofSeconds(2));
        try (HistoryRunner sources = new HistoryRunner(subject);
                Run run = sources.begin()) {
            for (Step step : history) {
                run.apply(step);
                run.checkRegistrations();
            }
            assertEquals(history, run.history());
            sources.end(run);
        }
    }

    @Test
    void stepsReadAsCalls() {
        assertEquals(
                "[register(source 0, READ|WRITE, data 0), register(source 6, READ, data 1), makeReadable(source 6), "
                        + "makeReadable(source 0), select(), swap(same), wakeup(), select(), drain(source 6), "
                        + "closePeer(source 0), select(), drain(source 0), unregister(source 0), select()]",
                EVERYTHING.toString());
        assertEquals("modify(source 0, WRITE, data 1)", CHANGES.get(2).toString());
        assertEquals("selectNow()", SELECT_NOW.toString());
    }
}
