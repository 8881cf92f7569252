package dev.pollux.tck;

import dev.pollux.tck.Findings.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/** Makes a property that fails name its rules, and keeps how it ended; see {@link Findings}. */
final class PropertiesNameRules implements AroundPropertyHook {

    @Override
    public PropagationMode propagateTo() {
        return PropagationMode.ALL_DESCENDANTS;
    }

    /** Outside of what runs before and after a property, which can fail as well. */
    @Override
    public int aroundPropertyProximity() {
        return -100;
    }

    @Override
    public PropertyExecutionResult aroundProperty(PropertyLifecycleContext context, PropertyExecutor property) {
        Rule rule = context.targetMethod().getAnnotation(Rule.class);
        String[] rules = rule == null ? new String[0] : rule.value();
        PropertyExecutionResult result = named(property.execute(), rules);
        String test = context.targetMethod().getName();
        Findings findings = Findings.begin(context.containerClass().getName());
        if (context.testInstance() instanceof SelectorProperties properties) {
            properties.lastSubject().ifPresent(findings::about);
        }
        findings.add(test, outcome(result), List.of(rules), result.throwable().orElse(null));
        try {
            findings.write(context.containerClass().getName() + "." + test);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return result;
    }

    private static PropertyExecutionResult named(PropertyExecutionResult result, String... rules) {
        boolean failed = result.status() == PropertyExecutionResult.Status.FAILED && rules.length > 0;
        return failed
                ? result.throwable()
                        .map(thrown -> result.mapToFailed(RuleFailure.of(thrown, rules)))
                        .orElse(result)
                : result;
    }

    private static Outcome outcome(PropertyExecutionResult result) {
        return switch (result.status()) {
            case SUCCESSFUL -> Outcome.PASSED;
            case ABORTED -> Outcome.ABORTED;
            case FAILED -> Outcome.FAILED;
        };
    }
}
