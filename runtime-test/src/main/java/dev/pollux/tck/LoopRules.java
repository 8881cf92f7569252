package dev.pollux.tck;

import dev.pollux.tck.report.LeakCheck;
import dev.pollux.tck.report.NamesRules;
import dev.pollux.tck.report.PassesRefusals;
import dev.pollux.tck.report.RecordsResults;
import dev.pollux.tck.report.RuleDisplayNames;
import dev.pollux.tck.report.StopsEarly;
import dev.pollux.tck.report.SurvivesErrors;
import dev.pollux.tck.rules.AcceptorRules;
import dev.pollux.tck.rules.BackendTests;
import dev.pollux.tck.rules.LoopEndRules;
import dev.pollux.tck.rules.LoopFailureRules;
import dev.pollux.tck.rules.LoopFixture;
import dev.pollux.tck.rules.LoopOrderRules;
import dev.pollux.tck.rules.LoopSwapRules;
import dev.pollux.tck.rules.LoopThreadRules;
import dev.pollux.tck.source.TestedBackend;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The rules of the event loop, on the subject's backend and real sources. Extend it as {@link SelectorRules}.
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
public abstract class LoopRules
        implements BackendTests,
                LoopThreadRules,
                LoopOrderRules,
                LoopFailureRules,
                LoopEndRules,
                LoopSwapRules,
                AcceptorRules {

    private @Nullable LoopFixture fixture;

    /** For subclasses. */
    protected LoopRules() {}

    /** Returns what is tested; called once for each test. */
    protected abstract Subject newSubject();

    @BeforeEach
    final void openFixture() throws IOException {
        fixture = new LoopFixture(newSubject());
    }

    @AfterEach
    final void closeFixture() throws InterruptedException, ExecutionException {
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
        return Optional.ofNullable(fixture).map(LoopFixture::subject);
    }

    /** Returns what the running test works with; for the kit itself. */
    @Override
    public final LoopFixture fixture() {
        return Objects.requireNonNull(fixture, "fixture");
    }
}
