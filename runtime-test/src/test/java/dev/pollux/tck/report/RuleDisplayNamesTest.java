package dev.pollux.tck.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.tck.SelectorRules;
import dev.pollux.tck.rules.Rule;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleDisplayNamesTest {

    @Test
    @Rule({"REG-5", "SEL-1"})
    void aTestIsShownAsItsRulesAndASentence() throws NoSuchMethodException {
        Method method = RuleDisplayNamesTest.class.getDeclaredMethod("aTestIsShownAsItsRulesAndASentence");

        assertEquals(
                "REG-5 SEL-1 a test is shown as its rules and a sentence",
                new RuleDisplayNames().generateDisplayNameForMethod(List.of(), RuleDisplayNamesTest.class, method));
    }

    @Test
    void everyTestOfTheSelectorHasARule() {
        List<String> without = new ArrayList<>();
        int tests = 0;
        for (Method method : SelectorRules.class.getMethods()) {
            if (method.isAnnotationPresent(Test.class)) {
                tests++;
                Rule rule = method.getAnnotation(Rule.class);
                if (rule == null || rule.value().length == 0) {
                    without.add(method.getName());
                }
            }
        }

        assertEquals(List.of(), without);
        assertTrue(tests > 100, "tests were found");
    }
}
