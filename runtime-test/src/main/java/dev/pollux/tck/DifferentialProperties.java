package dev.pollux.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.tck.model.Histories;
import dev.pollux.tck.model.HistoryRunner;
import dev.pollux.tck.model.Step;
import dev.pollux.tck.rules.Rule;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.jspecify.annotations.Nullable;

/**
 * That two backends give the same answers to any history of calls. Extend it with the two, which must be tested on the
 * same kind of sources; it runs with jqwik, as {@link SelectorProperties}.
 *
 * <p><b>Thread:</b> the tests must run one at a time.
 */
public abstract class DifferentialProperties {

    private @Nullable HistoryRunner one;
    private @Nullable HistoryRunner other;

    /** For subclasses. */
    protected DifferentialProperties() {}

    /** Returns one of the two; called once. */
    protected abstract Subject oneSubject();

    /** Returns the other one; called once. */
    protected abstract Subject otherSubject();

    @BeforeProperty
    void openSources() throws IOException {
        one = new HistoryRunner(oneSubject());
        other = new HistoryRunner(otherSubject());
    }

    /** Whatever the history, both answer the same. */
    @Property
    @Rule({"SEL-1", "SEL-2", "SEL-3", "SWAP-1"})
    public void bothAnswerTheSame(@ForAll("histories") List<Step> history) throws IOException {
        assertEquals(
                Objects.requireNonNull(one, "one").outcomes(history),
                Objects.requireNonNull(other, "other").outcomes(history));
    }

    @AfterProperty
    void closeSources() {
        for (HistoryRunner sources : new HistoryRunner[] {one, other}) {
            if (sources != null) {
                sources.close();
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        return Histories.predictable();
    }
}
