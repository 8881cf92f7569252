package dev.pollux.tck.mutants;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.pollux.tck.OperationProperties;
import dev.pollux.tck.Subject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** That random histories of operations find faults too, and say which rule is broken. */
@Tag("full")
class OperationHistoriesFindMutantsTest {

    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static Mutation tested = Mutation.LOSES_COMPLETIONS;

    static class Mutated extends OperationProperties {
        @Override
        protected Subject newSubject() {
            return tested.subject().withPatience(PATIENCE);
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "COMPLETES_TWICE",
                "LOSES_COMPLETIONS",
                "COUNTS_SENDS_SHORT",
                "COUNTS_RECEIVES_SHORT",
                "FAILS_AT_THE_END",
                "CANCEL_HIDES_WHAT_WAS_DONE",
                "CANCELS_IN_NAME_ONLY",
                "IGNORES_THE_LIMIT_OF_A_BUFFER",
                "LIMITS_END_EARLY",
                "LENDS_ONE_BUFFER",
                "KEEPS_WHAT_IS_GIVEN_BACK"
            })
    void aFaultIsFound(Mutation mutation) {
        tested = mutation;

        List<Event> failed = EngineTestKit.engine("jqwik")
                .selectors(selectMethod(Mutated.class, "operationsAgreeWithTheModel", "java.util.List"))
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
        String message = String.valueOf(failed.get(0)
                .getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .orElseThrow()
                .getMessage());
        assertTrue(message.matches("(?s)OP-\\d+: .*"), message);
    }
}
