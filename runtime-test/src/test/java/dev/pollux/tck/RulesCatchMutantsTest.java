package dev.pollux.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.pollux.spi.Backend;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** That the rules can fail: each of these backends has one fault, and the rule that names it must find it. */
class RulesCatchMutantsTest {

    private static Subject subject(UnaryOperator<Backend> mutation) {
        return Subject.of(new JdkBackendProvider(mutation)).withPatience(Duration.ofMillis(300));
    }

    static class Sound extends SelectorRules {
        @Override
        protected Subject newSubject() {
            return Subject.of(new JdkBackendProvider(sound -> sound));
        }
    }

    static class ReportsTooMuch extends SelectorRules {
        @Override
        protected Subject newSubject() {
            return Subject.of(new JdkBackendProvider(Mutant.ReportsTooMuch::new));
        }
    }

    static class IgnoresChange extends SelectorRules {
        @Override
        protected Subject newSubject() {
            return subject(Mutant.IgnoresChange::new);
        }
    }

    static class ForgetsRemove extends SelectorRules {
        @Override
        protected Subject newSubject() {
            return subject(Mutant.ForgetsRemove::new);
        }
    }

    static class DropsEverySecondEvent extends SelectorRules {
        @Override
        protected Subject newSubject() {
            return subject(Mutant.DropsEverySecondEvent::new);
        }
    }

    static class RoundsTimeoutDown extends SelectorRules {
        @Override
        protected Subject newSubject() {
            return subject(Mutant.RoundsTimeoutDown::new);
        }
    }

    static class WaitsOneMore extends SelectorRules {
        @Override
        protected Subject newSubject() {
            return subject(Mutant.WaitsOneMore::new);
        }
    }

    static class OverflowsTimeout extends SelectorRules {
        @Override
        protected Subject newSubject() {
            return subject(Mutant.OverflowsTimeout::new);
        }
    }

    static class LosesWakeup extends SelectorRules {
        @Override
        protected Subject newSubject() {
            return subject(Mutant.LosesWakeup::new);
        }
    }

    static class ForgetsClose extends SelectorRules {
        @Override
        protected Subject newSubject() {
            return subject(Mutant.ForgetsClose::new);
        }
    }

    @Test
    void aSoundBackendPassesEveryRule() {
        assertEquals(Set.of(), failedRules(run(selectClass(Sound.class))));
    }

    @Test
    void whatTheSelectorMakesGoodIsNoFault() {
        assertEquals(Set.of(), failedRules(run(selectClass(ReportsTooMuch.class))));
    }

    @Test
    void aChangeThatIsIgnoredIsFound() {
        assertFinds(IgnoresChange.class, "MOD-1");
    }

    @Test
    void aRemovalThatIsForgottenIsFound() {
        assertFinds(ForgetsRemove.class, "UNR-1");
        assertFinds(ForgetsRemove.class, "REG-3");
    }

    @Test
    void anEventThatIsDroppedIsFound() {
        assertFinds(DropsEverySecondEvent.class, "SEL-1");
    }

    @Test
    void aTimeoutRoundedDownIsFound() {
        assertFinds(RoundsTimeoutDown.class, "SEL-6");
    }

    @Test
    void aTimeoutThatIsAlwaysTooLongIsFound() {
        assertFinds(WaitsOneMore.class, "SEL-6");
    }

    @Test
    void aTimeoutThatOverflowsIsFound() {
        assertFinds(OverflowsTimeout.class, "SEL-6");
    }

    @Test
    void aLostWakeupIsFound() {
        assertFinds(LosesWakeup.class, "WAKE-1");
    }

    @Test
    void aLeakIsFound() {
        assertFinds(ForgetsClose.class, "CLO-2");
    }

    /** Runs the tests of one rule, and checks that one of them fails. */
    private static void assertFinds(Class<? extends SelectorRules> mutant, String rule) {
        DiscoverySelector[] tests = Arrays.stream(mutant.getMethods())
                .filter(method -> rules(method).anyMatch(rule::equals))
                .map(method -> selectMethod(mutant, method))
                .toArray(DiscoverySelector[]::new);
        assertTrue(tests.length > 0, () -> "no test has the rule " + rule);

        Set<String> failed = failedRules(run(tests));

        assertTrue(failed.contains(rule), () -> mutant.getSimpleName() + " passes " + rule);
    }

    private static Stream<String> rules(Method method) {
        Rule rule = method.getAnnotation(Rule.class);
        return rule == null ? Stream.of() : Arrays.stream(rule.value());
    }

    private static Events run(DiscoverySelector... selectors) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectors)
                .execute()
                .allEvents();
    }

    private static Set<String> failedRules(Events events) {
        Set<String> failed = new TreeSet<>();
        events.failed().stream().forEach(event -> {
            List<String> rules = event.getTestDescriptor()
                    .getSource()
                    .filter(MethodSource.class::isInstance)
                    .map(source ->
                            rules(((MethodSource) source).getJavaMethod()).toList())
                    .orElseGet(
                            () -> List.of("class " + event.getTestDescriptor().getDisplayName()));
            failed.addAll(rules);
        });
        return failed;
    }
}
