package dev.pollux.tck.report;

import dev.pollux.tck.rules.ProvenRefusal;
import dev.pollux.tck.rules.Rule;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/** Makes a test that fails, or cannot be set up or ended, name the rules it is for. */
public final class NamesRules implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw named(context, thrown);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw named(context, thrown);
    }

    @Override
    public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw named(context, thrown);
    }

    private static Throwable named(ExtensionContext context, Throwable thrown) {
        Rule rule = context.getRequiredTestMethod().getAnnotation(Rule.class);
        return rule == null || thrown instanceof ProvenRefusal || thrown instanceof TestAbortedException
                ? thrown
                : RuleFailure.of(thrown, rule.value());
    }
}
