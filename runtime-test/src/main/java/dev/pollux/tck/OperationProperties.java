package dev.pollux.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.tck.model.OperationHistories;
import dev.pollux.tck.model.OperationHistoryRunner;
import dev.pollux.tck.model.OperationStep;
import dev.pollux.tck.probe.LiveThreads;
import dev.pollux.tck.probe.OpenDescriptors;
import dev.pollux.tck.report.LeakCheck;
import dev.pollux.tck.report.NamesRulesOfProperties;
import dev.pollux.tck.rules.BackendTests;
import dev.pollux.tck.rules.Rule;
import dev.pollux.tck.source.TestedBackend;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.jspecify.annotations.Nullable;

/**
 * What every backend must do for any history of operations: random ones, on pairs of real sources, compared with the bytes that
 * were sent. Extend it as {@link SelectorRules}; it runs with jqwik. A history that fails is shrunk and printed as the steps it
 * is made of, with the seed that makes it again.
 *
 * <p>jqwik's parameter {@code jqwik.tries.default} says how many histories there are, 1000 if it is not set.
 *
 * <p><b>Thread:</b> the tests must run one at a time.
 */
@AddLifecycleHook(NamesRulesOfProperties.class)
@SuppressWarnings("exports") // The hook works for this class only.
public abstract class OperationProperties implements BackendTests {

    private @Nullable Subject subject;
    private @Nullable OperationHistoryRunner runner;
    private Map<Integer, String> descriptors = Map.of();
    private LiveThreads threads = LiveThreads.now();
    private volatile boolean failed;

    /** For subclasses. */
    protected OperationProperties() {}

    /** Returns what is tested; called once for each property. */
    protected abstract Subject newSubject();

    /** Returns what is to be tested; for the kit itself. */
    @Override
    public final TestedBackend newTested() {
        return newSubject();
    }

    /** Returns what the last property was about, if it got as far; for the kit itself. */
    @Override
    public final Optional<TestedBackend> lastTested() {
        return Optional.ofNullable(subject);
    }

    @BeforeProperty
    void begin() throws IOException {
        LeakCheck.warmUp();
        descriptors = OpenDescriptors.now();
        threads = LiveThreads.now();
        subject = newSubject();
        failed = false;
        runner = new OperationHistoryRunner(subject);
    }

    /** After any history of operations, each has one outcome that it may have, and no byte is lost, doubled or moved. */
    @Property
    @Rule({"OP-1", "OP-2", "OP-3", "OP-4", "OP-5", "OP-6", "OP-7", "OP-8", "OP-9", "OP-12", "OP-15"})
    public void operationsAgreeWithTheModel(@ForAll("histories") List<OperationStep> history) throws IOException {
        boolean passed = false;
        try {
            Objects.requireNonNull(runner, "runner").play(history);
            passed = true;
        } finally {
            failed |= !passed;
        }
    }

    @AfterProperty
    void checkThatNothingIsLeft() {
        if (failed) {
            return; // A history that took too long to shrink may still be under way, and there is a failure to report.
        }
        threads.assertOthersEnd();
        assertEquals(descriptors, OpenDescriptors.now(), "open descriptors");
    }

    @Provide
    Arbitrary<List<OperationStep>> histories() {
        return OperationHistories.any();
    }
}
