package dev.pollux.tck;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The rules of the selectors contract, one test or more for each. Extend it, say what is tested, and run it with JUnit
 * Jupiter:
 *
 * <pre>{@code
 * class EpollRulesTest extends SelectorRules {
 *     @Override
 *     protected Subject newSubject() {
 *         return Subject.of(new EpollBackendProvider());
 *     }
 * }
 * }</pre>
 *
 * <p>A test's displayed name begins with the ids of its rules, and so does the message of its failure. Where the
 * subject lacks a capability, the test checks the refusal. After the class the process must have the same descriptors
 * open and the same threads alive as before.
 *
 * <p><b>Thread:</b> the tests must run one at a time.
 */
@DisplayNameGeneration(RuleNames.class)
@ExtendWith({FindingsAreKept.class, LeakCheck.class, RefusalsPass.class, FailuresNameRules.class})
@Isolated
@Timeout(value = SelectorRules.WATCHDOG_SECONDS, unit = TimeUnit.SECONDS)
@SuppressWarnings("exports") // The extensions work for this class and are nobody else's.
public abstract class SelectorRules
        implements RegisterRules,
                SourceRules,
                UnregisterRules,
                ModifyRules,
                KeyRules,
                SelectRules,
                TimeoutRules,
                HandlerRules,
                WakeupRules,
                CloseRules,
                ThreadRules,
                ModeRules,
                SwapRules,
                FaultRules,
                KindRules {

    static final long WATCHDOG_SECONDS = 120;

    private @Nullable Bench bench;

    /** For subclasses. */
    protected SelectorRules() {}

    /** Returns what is tested; called once for each test. */
    protected abstract Subject newSubject();

    @BeforeEach
    final void openBench() throws IOException {
        bench = new Bench(newSubject());
    }

    @AfterEach
    final void closeBench() {
        if (bench != null) {
            bench.close();
        }
    }

    /** Returns what the last test was about, if it got as far. */
    final Optional<Subject> lastSubject() {
        return Optional.ofNullable(bench).map(opened -> opened.subject);
    }

    /** Returns what the running test works with; for the kit itself. */
    @Override
    public final Bench bench() {
        return Objects.requireNonNull(bench, "bench");
    }
}
