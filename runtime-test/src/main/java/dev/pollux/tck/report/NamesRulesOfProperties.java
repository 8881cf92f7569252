package dev.pollux.tck.report;

import dev.pollux.tck.report.ResultRecorder.Outcome;
import dev.pollux.tck.rules.BackendTests;
import dev.pollux.tck.rules.FirstSteps;
import dev.pollux.tck.rules.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** Makes a property that fails name its rules, and keeps how it ended; see {@link ResultRecorder}. */
public final class NamesRulesOfProperties implements AroundPropertyHook {

    /** The property of each class that failed with a page. */
    private static final Map<String, Method> STOPPED = new ConcurrentHashMap<>();

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
        Method withPage = STOPPED.getOrDefault(name(context), context.targetMethod());
        if (!withPage.equals(context.targetMethod())) {
            TestAbortedException reason = new TestAbortedException(StopsEarly.REASON);
            keep(context, Outcome.ABORTED, reason, rules);
            return new LeftOut(PropertyExecutionResult.Status.ABORTED, reason);
        }
        checkFirstSteps(context, rules);
        try {
            PropertyExecutionResult result = named(property.execute(), rules);
            keep(context, outcome(result), result.throwable().orElse(null), rules);
            return result;
        } catch (Throwable broken) {
            // What fails before a property is thrown rather than returned.
            Throwable failure = rules.length == 0 ? broken : RuleFailure.of(broken, rules);
            keep(context, Outcome.FAILED, failure, rules);
            if (failure instanceof RuleFailure named) {
                throw named;
            }
            throw broken;
        }
    }

    /** Fails with a page if the backend cannot be used at all; the other properties of the class are then left out. */
    private static void checkFirstSteps(PropertyLifecycleContext context, String... rules) {
        if (StopsEarly.isWanted() && context.testInstance() instanceof BackendTests tests) {
            FirstSteps.take(tests::newTested).ifPresent(failure -> {
                STOPPED.put(name(context), context.targetMethod());
                AssertionFailedError page = StopsEarly.page(FirstPage.of(failure), failure.failure());
                keep(context, Outcome.FAILED, page, rules);
                throw page;
            });
        }
    }

    private static void keep(
            PropertyLifecycleContext context, Outcome outcome, @Nullable Throwable thrown, String... rules) {
        String tests = name(context);
        String test = context.targetMethod().getName();
        ResultRecorder recorder = ResultRecorder.begin(tests);
        if (context.testInstance() instanceof BackendTests properties) {
            properties.lastTested().ifPresent(recorder::about);
        }
        recorder.add(test, outcome, List.of(rules), thrown);
        try {
            recorder.write(tests + "." + test);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the class, or if it is a part of another one, that one and the part: parts are the same for everybody. */
    private static String name(PropertyLifecycleContext context) {
        Class<?> tests = context.containerClass();
        List<Object> instances = context.testInstances();
        return instances.size() > 1
                ? instances.get(0).getClass().getName() + "." + tests.getSimpleName()
                : tests.getName();
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
