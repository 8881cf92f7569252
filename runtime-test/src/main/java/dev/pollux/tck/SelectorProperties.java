package dev.pollux.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.tck.model.Histories;
import dev.pollux.tck.model.HistoryRunner;
import dev.pollux.tck.model.Step;
import dev.pollux.tck.probe.LiveThreads;
import dev.pollux.tck.probe.OpenDescriptors;
import dev.pollux.tck.report.LeakCheck;
import dev.pollux.tck.report.NamesRulesOfProperties;
import dev.pollux.tck.rules.BackendTests;
import dev.pollux.tck.rules.Rule;
import dev.pollux.tck.source.TestedBackend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.jspecify.annotations.Nullable;

/**
 * What every backend must do for any history of calls: random ones, on real sources, compared with the model after each
 * step. Extend it as {@link SelectorRules}; it runs with jqwik. A history that fails is shrunk and printed as the calls
 * it is made of, with the seed that makes it again.
 *
 * <p>jqwik's parameter {@code jqwik.tries.default} says how many histories there are, 1000 if it is not set. A backend
 * that cannot report seven sources at once says so with {@link Subject#withBatchLimit}.
 *
 * <p><b>Thread:</b> the tests must run one at a time.
 */
@AddLifecycleHook(NamesRulesOfProperties.class)
@SuppressWarnings("exports") // The hook works for this class only.
public abstract class SelectorProperties implements BackendTests {

    private static final int SWAPS = 5;

    private @Nullable Subject subject;
    private Map<Integer, String> descriptors = Map.of();
    private LiveThreads threads = LiveThreads.now();
    private @Nullable HistoryRunner sources;

    /** For subclasses. */
    protected SelectorProperties() {}

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
    void openSources() throws IOException {
        LeakCheck.warmUp();
        descriptors = OpenDescriptors.now();
        threads = LiveThreads.now();
        subject = newSubject();
        sources = new HistoryRunner(subject);
    }

    /** After any history of calls, mistakes among them, the selector says what the model says. */
    @Property
    @Rule({
        "REG-1", "REG-2", "REG-3", "REG-5", "REG-12", "UNR-1", "UNR-2", "UNR-3", "UNR-4", "MOD-1", "MOD-3", "MOD-5",
        "KEY-1", "KEY-2", "SEL-1", "SEL-2", "SEL-3", "SEL-4", "SEL-5", "SEL-11", "SEL-12", "WAKE-1", "WAKE-3", "ONE-1",
        "SWAP-1"
    })
    public void agreesWithTheModel(@ForAll("histories") List<Step> history) throws IOException {
        outcomes(history);
    }

    /** Wherever swaps are put into a history, it has the answers that it has without. */
    @Property
    @Rule("SWAP-4")
    public void swapsAreInvisible(
            @ForAll("predictableHistories") List<Step> history, @ForAll("places") Set<Double> places)
            throws IOException {
        List<Step> swapping = new ArrayList<>(history);
        for (double place : places) {
            swapping.add((int) (place * (swapping.size() + 1)), new Step.Swap());
        }

        List<String> answers = outcomes(swapping);

        String swap = new Step.Swap().toString();
        answers.removeIf(swap::equals);
        List<String> expected = outcomes(history);
        expected.removeIf(swap::equals);
        assertEquals(expected, answers);
    }

    private List<String> outcomes(List<Step> history) throws IOException {
        return Objects.requireNonNull(sources, "sources").outcomes(history);
    }

    @AfterProperty
    void closeSources() {
        if (sources != null) {
            sources.close();
        }
        threads.assertOthersEnd();
        assertEquals(descriptors, OpenDescriptors.now(), "open descriptors");
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        return Histories.any();
    }

    @Provide
    Arbitrary<List<Step>> predictableHistories() {
        return Histories.predictable();
    }

    /** Where in a history, from 0 to 1. */
    @Provide
    Arbitrary<Set<Double>> places() {
        return Arbitraries.doubles().between(0, true, 1, false).set().ofMaxSize(SWAPS);
    }
}
