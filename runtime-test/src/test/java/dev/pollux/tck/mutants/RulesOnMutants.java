package dev.pollux.tck.mutants;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.pollux.tck.LoopRules;
import dev.pollux.tck.OperationRules;
import dev.pollux.tck.SelectorRules;
import dev.pollux.tck.Subject;
import dev.pollux.tck.report.StopsEarly;
import dev.pollux.tck.rules.Rule;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.MethodOrdererContext;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/**
 * Runs rules on a backend with a fault, and returns those that find it.
 *
 * <p>The tests of that rule run first, and the rest is left out once it has spoken. If it does not, all the others run,
 * and the failure tells which of them did. With {@code -Dpollux.tck.mutants=all} every test runs on every mutant.
 */
abstract class RulesOnMutants {

    private static final boolean RUN_ALL = "all".equals(System.getProperty("pollux.tck.mutants"));

    /** What {@link Mutated} tests; its tests run one at a time. */
    private static Supplier<Subject> tested = () -> {
        throw new IllegalStateException("nothing to test");
    };

    private static String ruleToFind = "";
    private static boolean found;

    @TestMethodOrder(RuleToFindFirst.class)
    @ExtendWith(EndWhenFound.class)
    static class Mutated extends SelectorRules {
        @Override
        protected Subject newSubject() {
            return tested.get();
        }
    }

    @TestMethodOrder(RuleToFindFirst.class)
    @ExtendWith(EndWhenFound.class)
    static class MutatedLoop extends LoopRules {
        @Override
        protected Subject newSubject() {
            return tested.get();
        }
    }

    @TestMethodOrder(RuleToFindFirst.class)
    @ExtendWith(EndWhenFound.class)
    static class MutatedOperations extends OperationRules {
        @Override
        protected Subject newSubject() {
            return tested.get();
        }
    }

    static final class RuleToFindFirst implements MethodOrderer {
        @Override
        public void orderMethods(MethodOrdererContext context) {
            context.getMethodDescriptors()
                    .sort(Comparator.comparing(method ->
                            !rules(method.getMethod().getAnnotation(Rule.class)).anyMatch(ruleToFind::equals)));
        }
    }

    static final class EndWhenFound implements ExecutionCondition, TestWatcher, AfterAllCallback {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return found && !RUN_ALL
                    ? ConditionEvaluationResult.disabled("found")
                    : ConditionEvaluationResult.enabled("not found yet");
        }

        @Override
        public void testFailed(ExtensionContext context, Throwable cause) {
            found |= rules(context.getRequiredTestMethod().getAnnotation(Rule.class))
                    .anyMatch(ruleToFind::equals);
        }

        /** Before the kit looks for what leaked, and waits for threads to end. */
        @Override
        public void afterAll(ExtensionContext context) throws IOException {
            MutatedProvider.closeLeaked();
        }
    }

    /** The kit may end a run early when everything fails; here the test that names the fault has to be reached. */
    @BeforeEach
    void runEverything() {
        System.setProperty(StopsEarly.LIMIT, "0");
    }

    @AfterEach
    void stopEarlyAgain() {
        System.clearProperty(StopsEarly.LIMIT);
    }

    /** Checks that the rule that names a fault finds it. */
    static void assertFound(Mutation mutation) {
        Set<String> failed = failedRules(mutation::subject, mutation.rule());
        if (RUN_ALL) {
            System.out.println(mutation + " " + failed);
        }

        assertTrue(
                failed.contains(mutation.rule()),
                () -> mutation + " passes " + mutation.rule() + "; it is found by " + failed);
    }

    /** Whether a fault is one of operations. */
    static boolean isOfOperations(Mutation mutation) {
        return mutation.rule().startsWith("OP-");
    }

    private static Stream<String> rules(Rule rule) {
        return rule == null ? Stream.of() : Arrays.stream(rule.value());
    }

    /** Returns the rules whose tests fail; only one rule's if {@code first} is among them. */
    static Set<String> failedRules(Supplier<Subject> subject, String first) {
        tested = subject;
        ruleToFind = first;
        found = false;
        Set<String> failed = new TreeSet<>();
        EngineTestKit.engine("junit-jupiter").selectors(classes(first)).execute().allEvents().failed().stream()
                .map(RulesOnMutants::rulesOf)
                .forEach(failed::addAll);
        return failed;
    }

    /** The rules of the loop are shown to what is made for them: other faults keep a loop from ending at all. */
    private static DiscoverySelector[] classes(String first) {
        if (first.startsWith("OP-")) {
            return new DiscoverySelector[] {selectClass(MutatedOperations.class)};
        }
        Class<?> rules = first.startsWith("LOOP-") || first.equals("SWAP-2") ? MutatedLoop.class : Mutated.class;
        return new DiscoverySelector[] {selectClass(rules)};
    }

    private static List<String> rulesOf(Event event) {
        return event.getTestDescriptor()
                .getSource()
                .filter(MethodSource.class::isInstance)
                .map(source -> rules(((MethodSource) source).getJavaMethod().getAnnotation(Rule.class))
                        .toList())
                .orElseGet(() -> List.of("class " + event.getTestDescriptor().getDisplayName()));
    }
}
