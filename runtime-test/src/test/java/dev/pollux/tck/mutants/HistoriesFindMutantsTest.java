package dev.pollux.tck.mutants;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.pollux.tck.SelectorProperties;
import dev.pollux.tck.Subject;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** That random histories find faults too, without being told what to look for. */
class HistoriesFindMutantsTest {

    private static Mutation tested = Mutation.IGNORES_CHANGE;

    static class Mutated extends SelectorProperties {
        @Override
        protected Subject newSubject() {
            return tested.subject();
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "IGNORES_CHANGE",
                "CHANGE_TAKES_ANOTHER_TOKEN",
                "REMOVE_FAILS_WHEN_CLOSED",
                "MIXES_UP_TOKENS",
                "TAKES_LEVEL_FOR_EDGE",
                "DROPS_EVERY_SECOND_EVENT",
                "REPORTS_EVERY_DIRECTION",
                "REPORTS_THE_IDLE",
                "LOSES_ONE_IN_A_SWAP",
                "OVERWRITES_SILENTLY",
                "FORGETS_DATA",
                "UNREGISTERS_ANYTHING",
                "KNOWS_NO_ALIASES",
                "SWAP_LOSES_A_KEY",
                "SWAP_ARMS_AGAIN",
                "SPLITS_ENTRIES",
                "REPORTS_THE_UNASKED",
                "SWALLOWS_FAILURES",
                "TELLS_LATER",
                "LOCKS_HANDLERS_OUT",
                "NEVER_DISARMS",
                "DISARMS_ALL"
            })
    void aFaultIsFound(Mutation mutation) {
        tested = mutation;

        List<Event> failed = EngineTestKit.engine("jqwik")
                .selectors(selectMethod(Mutated.class, "agreesWithTheModel", "java.util.List"))
                // A history that failed on one mutant must not be tried first on the next.
                .configurationParameter("jqwik.database", "")
                .configurationParameter("jqwik.tries.default", "1000")
                .configurationParameter("jqwik.shrinking.default", "OFF")
                .configurationParameter("jqwik.reporting.usejunitplatform", "true")
                .execute()
                .testEvents()
                .failed()
                .list();

        assertEquals(1, failed.size(), () -> mutation + " goes through every history");
    }
}
