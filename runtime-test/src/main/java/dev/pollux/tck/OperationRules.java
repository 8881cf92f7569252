package dev.pollux.tck;

import dev.pollux.tck.report.LeakCheck;
import dev.pollux.tck.report.NamesRules;
import dev.pollux.tck.report.PassesRefusals;
import dev.pollux.tck.report.RecordsResults;
import dev.pollux.tck.report.RuleDisplayNames;
import dev.pollux.tck.report.StopsEarly;
import dev.pollux.tck.report.SurvivesErrors;
import dev.pollux.tck.rules.BackendTests;
import dev.pollux.tck.rules.OperationAcceptRules;
import dev.pollux.tck.rules.OperationArenaRules;
import dev.pollux.tck.rules.OperationBufferRules;
import dev.pollux.tck.rules.OperationCancelRules;
import dev.pollux.tck.rules.OperationEndRules;
import dev.pollux.tck.rules.OperationFairnessRules;
import dev.pollux.tck.rules.OperationFileRules;
import dev.pollux.tck.rules.OperationFixture;
import dev.pollux.tck.rules.OperationMisuseRules;
import dev.pollux.tck.rules.OperationStreamRules;
import dev.pollux.tck.rules.OperationSwapRules;
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
 * The rules of operations, on the subject's backend and real sources: done by its kernel if it has the capability OPERATIONS,
 * by the loop on readiness otherwise. Extend it as {@link SelectorRules}.
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
public abstract class OperationRules
        implements BackendTests,
                OperationStreamRules,
                OperationCancelRules,
                OperationBufferRules,
                OperationArenaRules,
                OperationEndRules,
                OperationMisuseRules,
                OperationAcceptRules,
                OperationFileRules,
                OperationFairnessRules,
                OperationSwapRules {

    private @Nullable OperationFixture fixture;

    /** For subclasses. */
    protected OperationRules() {}

    /** Returns what is tested; called once for each test. */
    protected abstract Subject newSubject();

    @BeforeEach
    final void openFixture() throws IOException {
        fixture = new OperationFixture(newSubject());
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
        return Optional.ofNullable(fixture).map(OperationFixture::subject);
    }

    /** Returns what the running test works with; for the kit itself. */
    @Override
    public final OperationFixture fixture() {
        return Objects.requireNonNull(fixture, "fixture");
    }
}
