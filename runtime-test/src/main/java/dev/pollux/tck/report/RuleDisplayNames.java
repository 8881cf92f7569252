package dev.pollux.tck.report;

import dev.pollux.tck.rules.Rule;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayNameGenerator;

/** Shows a test as its rules and its name as a sentence: {@code REG-5 registering twice is refused}. */
public final class RuleDisplayNames extends DisplayNameGenerator.Standard {

    @Override
    public String generateDisplayNameForMethod(List<Class<?>> enclosing, Class<?> testClass, Method method) {
        String sentence = method.getName().replaceAll("(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
        Rule rule = method.getAnnotation(Rule.class);
        return rule == null ? sentence : String.join(" ", rule.value()) + " " + sentence;
    }
}
