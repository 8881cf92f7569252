package dev.pollux.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.pollux.tck.report.ResultRecorder;
import dev.pollux.tck.report.StopsEarly;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** That one class has everything, and that what is found in its parts is told as in classes of their own. */
class BackendConformanceTest {

    /** Fails at once, so that every test is begun and none takes any time. */
    static class NothingToTest extends BackendConformance {

        @Override
        protected Subject newSubject() {
            throw new AssertionError("nothing to test");
        }
    }

    @TempDir
    private Path directory;

    private String usual;

    @BeforeEach
    void keepFindingsApart() {
        usual = System.setProperty(ResultRecorder.DIRECTORY, directory.toString());
        System.setProperty(StopsEarly.LIMIT, "0");
    }

    @AfterEach
    void restore() {
        System.clearProperty(StopsEarly.LIMIT);
        if (usual == null) {
            System.clearProperty(ResultRecorder.DIRECTORY);
        } else {
            System.setProperty(ResultRecorder.DIRECTORY, usual);
        }
    }

    private static List<Event> run(String engine) {
        return EngineTestKit.engine(engine)
                .selectors(selectClass(NothingToTest.class))
                .configurationParameter("jqwik.reporting.usejunitplatform", "true")
                .execute()
                .testEvents()
                .finished()
                .list();
    }

    private static Set<String> names(List<Event> events) {
        return events.stream()
                .map(event ->
                        (MethodSource) event.getTestDescriptor().getSource().orElseThrow())
                .map(MethodSource::getMethodName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> methods(Class<? extends Annotation> annotation, Class<?>... types) {
        return Arrays.stream(types)
                .flatMap(type -> Arrays.stream(type.getMethods()))
                .filter(method -> method.isAnnotationPresent(annotation))
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void assertEachFailureNamesARule(List<Event> events) {
        List<String> unnamed = new ArrayList<>();
        for (Event event : events) {
            Throwable failure = event.getRequiredPayload(TestExecutionResult.class)
                    .getThrowable()
                    .orElseThrow();
            String line =
                    String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
            if (!line.matches("([A-Z]+-[0-9]+ ?)+: nothing to test")) {
                unnamed.add(line);
            }
        }
        assertEquals(List.of(), unnamed);
    }

    private Set<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static String file(String part) {
        return NothingToTest.class.getName() + "." + part + "-" + System.getProperty("java.version") + ".properties";
    }

    @Test
    void jupiterRunsEveryRuleOfSelectorLoopAndOperations() throws IOException {
        List<Event> events = run("junit-jupiter");

        Set<String> expected = methods(Test.class, SelectorRules.class, LoopRules.class, OperationRules.class);
        assertEquals(expected, names(events));
        assertTrue(expected.size() > 200, () -> expected.size() + " tests");
        assertEachFailureNamesARule(events);
        assertEquals(Set.of(file("Loop"), file("Operations"), file("Selector")), files());
    }

    @Test
    void jqwikRunsEveryProperty() throws IOException {
        List<Event> events = run("jqwik");

        Set<String> expected = methods(Property.class, SelectorProperties.class, OperationProperties.class);
        assertEquals(expected, names(events));
        assertEquals(3, expected.size());
        assertEachFailureNamesARule(events);
        assertEquals(
                Set.of(
                        file("OperationHistories.operationsAgreeWithTheModel"),
                        file("Properties.agreesWithTheModel"),
                        file("Properties.swapsAreInvisible")),
                files());
    }
}
