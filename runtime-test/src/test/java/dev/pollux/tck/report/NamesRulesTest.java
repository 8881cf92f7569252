package dev.pollux.tck.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.pollux.tck.rules.ProvenRefusal;
import dev.pollux.tck.rules.Rule;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

class NamesRulesTest {

    @ExtendWith({RecordsResults.class, PassesRefusals.class, NamesRules.class})
    static class Failing {

        @Test
        @Rule("REG-5")
        void compares() {
            assertEquals("one\ntwo", "three", "numbers");
        }

        @Test
        @Rule({"ONE-1", "SEL-12"})
        void breaks() throws IOException {
            throw new IOException("broken");
        }

        @Test
        void namesNoRule() throws IOException {
            throw new IOException("not a rule's");
        }

        @Test
        @Rule("REG-9")
        void aborts() {
            throw new TestAbortedException("not here");
        }

        @Test
        @Rule("EDGE-1")
        void refuses() {
            throw new ProvenRefusal();
        }

        @Test
        @Rule("CLO-1")
        void passes() {}

        @AfterEach
        void end(TestInfo test) {
            if (test.getDisplayName().startsWith("passes")) {
                throw new AssertionError("left over");
            }
        }
    }

    @AddLifecycleHook(NamesRulesOfProperties.class)
    abstract static class NamedProperties {}

    static class FailingProperties extends NamedProperties {

        @Property(tries = 1)
        @Rule("SEL-1")
        void compares() {
            assertEquals(1, 2);
        }

        @Property(tries = 1)
        void namesNoRule() {
            throw new AssertionError("not a rule's");
        }
    }

    static class LeavingProperties extends NamedProperties {

        @Property(tries = 1)
        @Rule("SEL-2")
        void passes() {}

        @AfterProperty
        void end() {
            throw new AssertionError("left over");
        }
    }

    private static Map<String, TestExecutionResult> run(String engine, Class<?> tests) {
        return EngineTestKit.engine(engine)
                .configurationParameter("jqwik.reporting.usejunitplatform", "true")
                .selectors(selectClass(tests))
                .execute()
                .testEvents()
                .finished()
                .stream()
                .collect(Collectors.toMap(NamesRulesTest::name, NamesRulesTest::result));
    }

    private static String name(Event event) {
        return event.getTestDescriptor().getDisplayName().replace("()", "");
    }

    private static TestExecutionResult result(Event event) {
        return event.getRequiredPayload(TestExecutionResult.class);
    }

    private static Throwable failure(Map<String, TestExecutionResult> results, String test) {
        TestExecutionResult result = results.get(test);
        assertEquals(TestExecutionResult.Status.FAILED, result.getStatus(), test);
        return result.getThrowable().orElseThrow();
    }

    private static List<String> lines(Throwable failure) {
        return failure.getMessage().lines().toList();
    }

    @Test
    void aFailureBeginsWithItsRuleAndEndsWithWhatItSays() {
        AssertionFailedError failure =
                assertInstanceOf(AssertionFailedError.class, failure(run("junit-jupiter", Failing.class), "compares"));

        List<String> lines = lines(failure);
        assertTrue(lines.get(0).startsWith("REG-5: numbers ==> expected: <one"), lines.get(0));
        assertTrue(
                lines.get(lines.size() - 1).startsWith("REG-5 MUST: registering the same object twice"),
                lines::toString);
        assertEquals("one\ntwo", failure.getExpected().getValue());
        assertEquals("three", failure.getActual().getValue());
        assertInstanceOf(AssertionFailedError.class, failure.getCause());
        assertEquals(
                List.of(failure.getCause().getStackTrace()),
                List.of(failure.getStackTrace()),
                "the same place is shown");
    }

    @Test
    void anExceptionIsNamedAndKept() {
        Throwable failure = failure(run("junit-jupiter", Failing.class), "breaks");

        assertEquals("ONE-1 SEL-12: java.io.IOException: broken", lines(failure).get(0));
        assertEquals(3, lines(failure).size(), failure::getMessage);
        assertEquals(failure.getMessage(), failure.toString(), "a stack trace begins with the rule");
        assertInstanceOf(IOException.class, failure.getCause());
    }

    @Test
    void whatComesAfterATestNamesItsRules() {
        Throwable failure = failure(run("junit-jupiter", Failing.class), "passes");

        assertEquals("CLO-1: left over", lines(failure).get(0));
    }

    @Test
    void othersPassUnchanged() {
        Map<String, TestExecutionResult> results = run("junit-jupiter", Failing.class);

        assertEquals(
                "java.io.IOException: not a rule's",
                failure(results, "namesNoRule").toString());
        assertEquals(TestExecutionResult.Status.ABORTED, results.get("aborts").getStatus());
        assertEquals(
                "not here", results.get("aborts").getThrowable().orElseThrow().getMessage());
        assertEquals(
                TestExecutionResult.Status.SUCCESSFUL, results.get("refuses").getStatus());
    }

    @Test
    void propertiesNameTheirRulesToo() {
        Map<String, TestExecutionResult> results = run("jqwik", FailingProperties.class);

        AssertionFailedError failure = assertInstanceOf(AssertionFailedError.class, failure(results, "compares"));
        assertEquals("SEL-1: expected: <1> but was: <2>", lines(failure).get(0));
        assertEquals(1, failure.getExpected().getValue());
        assertEquals("not a rule's", failure(results, "namesNoRule").getMessage());
    }

    @Test
    void whatComesAfterAPropertyNamesItsRules() {
        Throwable failure = failure(run("jqwik", LeavingProperties.class), "passes");

        assertEquals("SEL-2: left over", lines(failure).get(0));
    }
}
