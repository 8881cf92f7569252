package dev.pollux.tck.mutants;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link RulesCatchMutantsTest}, for operations; apart, so that both may run at once. */
class OperationRulesCatchMutantsTest extends RulesOnMutants {

    static Stream<Mutation> mutations() {
        return Arrays.stream(Mutation.values()).filter(RulesOnMutants::isOfOperations);
    }

    @ParameterizedTest
    @MethodSource("mutations")
    void theRuleThatNamesAFaultFindsIt(Mutation mutation) {
        assertFound(mutation);
    }
}
