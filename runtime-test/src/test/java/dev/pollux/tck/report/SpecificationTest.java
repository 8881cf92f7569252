package dev.pollux.tck.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.tck.LoopRules;
import dev.pollux.tck.OperationProperties;
import dev.pollux.tck.OperationRules;
import dev.pollux.tck.SelectorProperties;
import dev.pollux.tck.SelectorRules;
import dev.pollux.tck.rules.Rule;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

class SpecificationTest {

    private static final Path MODULES = Path.of("..");

    @TempDir
    private Path directory;

    @Test
    void specificationAndTestsAgree() throws Exception {
        Map<String, Set<String>> tests = SpecificationCheck.testsOfTheKit();

        assertEquals(List.of(), SpecificationCheck.problems(Specification.ofKit(), tests, MODULES));
        assertTrue(tests.size() > 50, () -> "tests were found: " + tests);
    }

    @Test
    void theKitCarriesThePageAsItIs() throws IOException {
        String page = Files.readString(MODULES.resolve("docs/spec.md"));

        assertEquals(Specification.parse(page), Specification.ofKit());
        assertEquals(
                page.lines().filter(line -> line.matches("\\|\\s*[A-Z]+-.*")).count(),
                Specification.ofKit().entries().size());
    }

    @Test
    void everyMethodThatNamesARuleIsATest() {
        for (Class<?> rules : List.of(
                SelectorRules.class,
                LoopRules.class,
                OperationRules.class,
                SelectorProperties.class,
                OperationProperties.class)) {
            for (Method method : rules.getMethods()) {
                assertEquals(
                        method.isAnnotationPresent(Rule.class),
                        AnnotationSupport.isAnnotated(method, Testable.class),
                        method::toString);
            }
        }
    }

    @Test
    void aRuleMayBeTestedStochasticOrLeftUntested() throws IOException {
        assertEquals(
                List.of(),
                problems(
                        Map.of("REG-1", Set.of("A.one"), "REG-2", Set.of("A.two")),
                        "| REG-1 | MUST | text | why | tested |",
                        "| REG-2 | MUST | text | why | stochastic |",
                        "| REG-3 | SHOULD | text | why | untested |",
                        "| REG-4 | MAY | text | why | untested |"));
    }

    @Test
    void anUnknownIdIsFound() throws IOException {
        assertEquals(
                List.of("REG-11 is named by [A.one] and stands nowhere"),
                problems(
                        Map.of("REG-1", Set.of("A.one"), "REG-11", Set.of("A.one")),
                        "| REG-1 | MUST | text | why | tested |"));
    }

    @Test
    void aRuleWithoutItsTestIsFound() throws IOException {
        assertEquals(
                List.of(
                        "REG-1 counts as tested, but no test names it",
                        "REG-2 counts as stochastic, but no test names it"),
                problems(
                        Map.of(),
                        "| REG-1 | MUST | text | why | tested |",
                        "| REG-2 | MAY | text | why | stochastic |"));
    }

    @Test
    void aMustThatIsLeftUntestedIsFound() throws IOException {
        assertEquals(
                List.of("REG-1 is a MUST and untested"),
                problems(Map.of(), "| REG-1 | MUST | text | why | untested |"));
    }

    @Test
    void aTestOfAnUntestedRuleIsFound() throws IOException {
        assertEquals(
                List.of("REG-1 counts as untested, but A.one names it"),
                problems(Map.of("REG-1", Set.of("A.one")), "| REG-1 | MAY | text | why | untested |"));
    }

    @Test
    void anIdThatStandsTwiceIsFound() throws IOException {
        assertEquals(
                List.of("REG-1 stands twice"),
                problems(
                        Map.of("REG-1", Set.of("A.one")),
                        "| REG-1 | MUST | text | why | tested |",
                        "| REG-1 | MUST | other | why | tested |"));
    }

    @Test
    void aStatusThatMeansNothingIsFound() throws IOException {
        assertEquals(
                List.of("REG-1 has the status \"soon\""),
                problems(Map.of("REG-1", Set.of("A.one")), "| REG-1 | MUST | text | why | soon |"));
    }

    @Test
    void aTestElsewhereMustExistAndMentionTheRule() throws IOException {
        Path tests = Files.createDirectories(directory.resolve("other/src/test/java/some"));
        Files.writeString(tests.resolve("GoodTest.java"), "// DISC-12, DISC-2");

        assertEquals(
                List.of(
                        "DISC-1 is not mentioned in GoodTest of other",
                        "DISC-3 is not mentioned in GoneTest of other",
                        "DISC-4 is not mentioned in GoodTest of gone"),
                problems(
                        Map.of(),
                        "| DISC-1 | MUST | text | why | tested (other: GoodTest) |",
                        "| DISC-2 | MUST | text | why | tested (other: GoodTest) |",
                        "| DISC-3 | MUST | text | why | tested (other: GoneTest) |",
                        "| DISC-4 | MUST | text | why | tested (gone: GoodTest) |"));
    }

    @Test
    void aRowThatIsMadeWrongIsNamed() {
        for (String row : List.of(
                "| REG-1 | MUST | text | why |",
                "| REG-1 | must | text | why | tested |",
                "| REG-1 | MUST | a | b | why | tested |")) {
            String message = assertThrows(IllegalArgumentException.class, () -> Specification.parse(row))
                    .getMessage();
            assertTrue(message.contains(row), message);
        }
    }

    private List<String> problems(Map<String, Set<String>> tests, String... rows) throws IOException {
        String page = List.of(rows).stream().collect(Collectors.joining("\n", "# Title\n\nSome text.\n", "\n"));
        return SpecificationCheck.problems(Specification.parse(page), tests, directory);
    }
}
