package dev.pollux.tck.report;

import dev.pollux.tck.report.ResultRecorder.Outcome;
import dev.pollux.tck.rules.BackendTests;
import dev.pollux.tck.rules.Rule;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/** Keeps how each test of a class ended; see {@link ResultRecorder}. */
public final class RecordsResults implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(RecordsResults.class);
    private static final String REFUSED = "refused";

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(OURS).put(ResultRecorder.class, ResultRecorder.begin(name(context)));
    }

    /** Returns the class, or if it is a part of another one, that one and the part: parts are the same for everybody. */
    private static String name(ExtensionContext context) {
        Class<?> tests = context.getRequiredTestClass();
        return context.getParent()
                .flatMap(ExtensionContext::getTestClass)
                .map(whole -> whole.getName() + "." + tests.getSimpleName())
                .orElse(tests.getName());
    }

    /** Notes that a test ended with a proven refusal. */
    static void refused(ExtensionContext context) {
        context.getStore(OURS).put(REFUSED, true);
    }

    /** Adds what was found after the last test. */
    static void failed(ExtensionContext context, String what, String rule, Throwable failure) {
        recorder(context).add(what, Outcome.FAILED, List.of(rule), failure);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        ResultRecorder recorder = recorder(context);
        if (context.getRequiredTestInstance() instanceof BackendTests tests) {
            tests.lastTested().ifPresent(recorder::about);
        }
        Method test = context.getRequiredTestMethod();
        Throwable thrown = context.getExecutionException().orElse(null);
        Rule rule = test.getAnnotation(Rule.class);
        recorder.add(test.getName(), outcome(context), rule == null ? List.of() : List.of(rule.value()), thrown);
    }

    private static Outcome outcome(ExtensionContext context) {
        Optional<Throwable> thrown = context.getExecutionException();
        if (thrown.isPresent()) {
            return thrown.get() instanceof TestAbortedException ? Outcome.ABORTED : Outcome.FAILED;
        }
        return context.getStore(OURS).get(REFUSED) == null ? Outcome.PASSED : Outcome.REFUSED;
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        recorder(context).write(name(context));
    }

    private static ResultRecorder recorder(ExtensionContext context) {
        return context.getStore(OURS).get(ResultRecorder.class, ResultRecorder.class);
    }
}
