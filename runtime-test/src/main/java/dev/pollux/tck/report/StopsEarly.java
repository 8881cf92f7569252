package dev.pollux.tck.report;

import dev.pollux.tck.rules.BackendTests;
import dev.pollux.tck.rules.FirstSteps;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;
import org.opentest4j.AssertionFailedError;

/**
 * Ends a run in which nearly everything fails, with one page that says what to look at first. That is before the first
 * test if the backend cannot be used at all, or when {@value #USUAL_LIMIT} tests have failed and they are most of those
 * that ran.
 */
public final class StopsEarly implements ExecutionCondition, BeforeEachCallback, TestWatcher, AfterAllCallback {

    /** The system property that says how many tests fail before the rest is left out; with 0 all run. */
    public static final String LIMIT = "pollux.tck.failures";

    private static final int USUAL_LIMIT = 20;

    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(StopsEarly.class);

    /** What has become of the tests of one class, the parts of it included. */
    private static final class Progress {

        private final List<Throwable> failures = new ArrayList<>();
        private int begun;
        private boolean stopped;
        private @Nullable String page;
    }

    /** Why the other tests are left out. */
    static final String REASON = "nearly everything fails; see what to look at first";

    /** Returns whether a run may end early. */
    static boolean isWanted() {
        return limit() > 0;
    }

    private static int limit() {
        return Integer.getInteger(LIMIT, USUAL_LIMIT);
    }

    private static Progress progress(ExtensionContext context) {
        Class<?> outermost = context.getRequiredTestClass();
        while (outermost.getEnclosingClass() != null
                && !java.lang.reflect.Modifier.isStatic(outermost.getModifiers())) {
            outermost = outermost.getEnclosingClass();
        }
        return context.getRoot().getStore(OURS).getOrComputeIfAbsent(outermost, any -> new Progress(), Progress.class);
    }

    /** Returns whether the tests of this class were ended early. */
    static boolean hasStopped(ExtensionContext context) {
        return progress(context).stopped;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return context.getTestMethod().isPresent() && hasStopped(context)
                ? ConditionEvaluationResult.disabled(REASON)
                : ConditionEvaluationResult.enabled("not stopped");
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Progress progress = progress(context);
        progress.begun++;
        if (progress.begun == 1 && isWanted() && context.getRequiredTestInstance() instanceof BackendTests tests) {
            Optional<FirstSteps.Failure> failure = FirstSteps.take(tests::newTested);
            if (failure.isPresent()) {
                progress.stopped = true;
                throw page(FirstPage.of(failure.get()), failure.get().failure());
            }
        }
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        Progress progress = progress(context);
        if (cause == null || progress.stopped) {
            return;
        }
        progress.failures.add(cause);
        int failed = progress.failures.size();
        if (isWanted() && failed >= limit() && failed * 2 > progress.begun) {
            progress.stopped = true;
            progress.page = FirstPage.of(progress.begun, progress.failures);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Progress progress = progress(context);
        String page = progress.page;
        progress.page = null;
        if (page != null) {
            throw page(page, progress.failures.get(0));
        }
    }

    static AssertionFailedError page(String text, Throwable cause) {
        AssertionFailedError page = new AssertionFailedError(text, cause);
        // The page has what is needed of the cause's.
        page.setStackTrace(new StackTraceElement[0]);
        return page;
    }
}
