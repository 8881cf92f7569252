package dev.pollux.mutants;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.pollux.tck.report.StopsEarly;
import dev.pollux.tck.rules.Rule;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.MethodSelector;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** That the rules about the code above the backends can fail: each {@link CodeMutation} is found by the rule that names it. */
class RulesCatchCodeMutantsTest {

    private static final Path TABLE = Path.of("..", "docs", "mutants.md");

    /** Where the kit would note what it finds; a mutant is not to be in the report. */
    private static final String REPORT = "pollux.conformance";

    /** The kit would rather end early when nearly everything fails. */
    @BeforeEach
    void runEverything() {
        System.setProperty(StopsEarly.LIMIT, "0");
    }

    @AfterEach
    void stopEarlyAgain() {
        System.clearProperty(StopsEarly.LIMIT);
    }

    @ParameterizedTest
    @EnumSource
    void theRuleThatNamesAFaultFindsIt(CodeMutation mutation) throws ReflectiveOperationException {
        MutatedClasses classes = new MutatedClasses(mutation);

        List<String> failed = failedTests(classes, mutation.rule());

        assertTrue(classes.isMutated(), () -> "no method for " + mutation);
        assertFalse(failed.isEmpty(), () -> mutation + " passes " + mutation.rule());
    }

    @Test
    void theCodeAsItIsPassesTheseRules() throws ReflectiveOperationException {
        Set<String> rules =
                Arrays.stream(CodeMutation.values()).map(CodeMutation::rule).collect(Collectors.toSet());
        for (String rule : rules) {
            assertEquals(List.of(), failedTests(new MutatedClasses(null), rule), rule);
        }
    }

    @Test
    void theTableHasEveryMutantWithItsRuleAndTheTextTheirNumber() throws IOException {
        List<String> lines = Files.readAllLines(TABLE);

        List<String> expected = Arrays.stream(CodeMutation.values())
                .map(mutation -> "| `" + mutation + "` | `" + mutation.method() + "` | " + mutation.rule() + " |")
                .toList();
        List<String> rows = lines.stream()
                .dropWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("| `"))
                .toList();
        assertEquals(expected, rows);
        long all = lines.stream().filter(line -> line.startsWith("| `")).count();
        assertTrue(lines.stream().anyMatch(line -> line.contains(" " + all + " mutants")), () -> all + " mutants");
    }

    /** Returns the tests of {@code rule} that fail on {@code classes}. */
    private static List<String> failedTests(MutatedClasses classes, String rule) throws ReflectiveOperationException {
        List<MethodSelector> tests = new ArrayList<>();
        for (String part : List.of("OnReadiness", "ByTheKernel")) {
            Class<?> rules = classes.loadClass(MutatedRules.class.getName() + "$" + part);
            for (Method method : rules.getMethods()) {
                if (rules(method).contains(rule)) {
                    tests.add(selectMethod(rules, method));
                }
            }
        }
        assertFalse(tests.isEmpty(), () -> "no test of " + rule);
        String report = System.clearProperty(REPORT);
        try {
            return EngineTestKit.engine("junit-jupiter")
                    .selectors(tests.toArray(new MethodSelector[0]))
                    .execute()
                    .testEvents()
                    .failed()
                    .stream()
                    .map(RulesCatchCodeMutantsTest::failure)
                    .toList();
        } finally {
            if (report != null) {
                System.setProperty(REPORT, report);
            }
        }
    }

    /** Returns what the rule says. A fault that keeps the code from running at all shows nothing. */
    private static String failure(Event event) {
        Throwable thrown = event.getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .orElseThrow();
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            assertFalse(cause instanceof LinkageError, thrown::toString);
        }
        return event.getTestDescriptor().getDisplayName() + ": " + thrown.getMessage();
    }

    /** Returns the rules of a test; its annotation is of another class loader. */
    private static List<String> rules(Method test) throws ReflectiveOperationException {
        for (Annotation annotation : test.getAnnotations()) {
            Class<?> type = annotation.annotationType();
            if (type.getName().equals(Rule.class.getName())) {
                return List.of((String[]) type.getMethod("value").invoke(annotation));
            }
        }
        return List.of();
    }
}
