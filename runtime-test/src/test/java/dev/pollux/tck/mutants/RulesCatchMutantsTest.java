package dev.pollux.tck.mutants;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.tck.FaultySubject;
import dev.pollux.tck.Subject;
import dev.pollux.tck.fake.FakeKernel;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That the rules can fail: each {@link Mutation} has one fault, and the rule that names it must find it. */
class RulesCatchMutantsTest extends RulesOnMutants {

    static Stream<Mutation> mutations() {
        return Arrays.stream(Mutation.values()).filter(mutation -> !isOfOperations(mutation));
    }

    @ParameterizedTest
    @MethodSource("mutations")
    void theRuleThatNamesAFaultFindsIt(Mutation mutation) {
        assertFound(mutation);
    }

    @Test
    void aSoundBackendPassesEveryRule() {
        assertEquals(
                Set.of(),
                failedRules(
                        () -> FaultySubject.of(
                                Subject.of(new JdkBackendProvider(sound -> sound)),
                                MutatedProvider::new,
                                MutantSelector::new,
                                clock -> clock),
                        ""));
    }

    @Test
    void aSoundLoopPassesEveryRule() {
        assertEquals(
                Set.of(),
                failedRules(
                        () -> {
                            FakeKernel kernel = FakeKernel.create();
                            return FaultySubject.of(
                                    Subject.of(kernel.provider()).withDescriptors(kernel),
                                    MutatedProvider::new,
                                    MutantSelector::new,
                                    clock -> clock);
                        },
                        "LOOP-"));
    }

    @Test
    void whatTheSelectorMakesGoodIsNoFault() {
        assertEquals(
                Set.of(),
                failedRules(
                        () -> {
                            FakeKernel kernel = FakeKernel.create();
                            return Subject.of(new MutatedProvider(kernel.provider(), ReportMutants.ReportsInParts::new))
                                    .withDescriptors(kernel);
                        },
                        ""));
    }
}
