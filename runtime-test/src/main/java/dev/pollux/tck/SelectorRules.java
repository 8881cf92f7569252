package dev.pollux.tck;

import dev.pollux.tck.report.LeakCheck;
import dev.pollux.tck.report.NamesRules;
import dev.pollux.tck.report.PassesRefusals;
import dev.pollux.tck.report.RecordsResults;
import dev.pollux.tck.report.RuleDisplayNames;
import dev.pollux.tck.report.StopsEarly;
import dev.pollux.tck.report.SurvivesErrors;
import dev.pollux.tck.rules.BackendTests;
import dev.pollux.tck.rules.ChangeRules;
import dev.pollux.tck.rules.CloseRules;
import dev.pollux.tck.rules.DescriptorRules;
import dev.pollux.tck.rules.FaultRules;
import dev.pollux.tck.rules.Fixture;
import dev.pollux.tck.rules.HandlerRules;
import dev.pollux.tck.rules.KeyRules;
import dev.pollux.tck.rules.KindRules;
import dev.pollux.tck.rules.ModeRules;
import dev.pollux.tck.rules.ModifyRules;
import dev.pollux.tck.rules.RegisterRules;
import dev.pollux.tck.rules.ReleaseRules;
import dev.pollux.tck.rules.SelectRules;
import dev.pollux.tck.rules.SourceRules;
import dev.pollux.tck.rules.SwapRules;
import dev.pollux.tck.rules.ThreadRules;
import dev.pollux.tck.rules.TimeoutRules;
import dev.pollux.tck.rules.UnregisterRules;
import dev.pollux.tck.rules.WakeupRules;
import dev.pollux.tck.source.TestedBackend;
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
@DisplayNameGeneration(RuleDisplayNames.class)
@ExtendWith({
    RecordsResults.class,
    StopsEarly.class,
    SurvivesErrors.class,
    LeakCheck.class,
    PassesRefusals.class,
    NamesRules.class
})
@Isolated
@Timeout(value = SelectorRules.WATCHDOG_SECONDS, unit = TimeUnit.SECONDS)
@SuppressWarnings("exports") // The extensions work for this class only.
public abstract class SelectorRules
        implements BackendTests,
                RegisterRules,
                SourceRules,
                UnregisterRules,
                ReleaseRules,
                ModifyRules,
                ChangeRules,
                KeyRules,
                SelectRules,
                TimeoutRules,
                HandlerRules,
                WakeupRules,
                CloseRules,
                ThreadRules,
                ModeRules,
                SwapRules,
                DescriptorRules,
                FaultRules,
                KindRules {

    static final long WATCHDOG_SECONDS = 120;

    private @Nullable Fixture fixture;

    /** For subclasses. */
    protected SelectorRules() {}

    /** Returns what is tested; called once for each test. */
    protected abstract Subject newSubject();

    @BeforeEach
    final void openFixture() throws IOException {
        fixture = new Fixture(newSubject());
    }

    @AfterEach
    final void closeFixture() {
        if (fixture != null) {
            fixture.close();
        }
    }

    /** Returns what is to be tested; for the kit itself. */
    @Override
    public final TestedBackend newTested() {
        return newSubject();
    }

    /** Returns what the last test was about, if it got as far; for the kit itself. */
    @Override
    public final Optional<TestedBackend> lastTested() {
        return Optional.ofNullable(fixture).map(Fixture::subject);
    }

    /** Returns what the running test works with; for the kit itself. */
    @Override
    public final Fixture fixture() {
        return Objects.requireNonNull(fixture, "fixture");
    }
}
