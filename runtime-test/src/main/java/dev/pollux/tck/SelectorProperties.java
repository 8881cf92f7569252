package dev.pollux.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.Events;
import dev.pollux.tck.model.Run;
import dev.pollux.tck.model.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeProperty;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.ActionChainArbitrary;
import net.jqwik.api.state.Transformer;
import org.jspecify.annotations.Nullable;

/**
 * What every backend must do for any history of calls: random ones, on real sources, compared with the model after each
 * step. Extend it as {@link SelectorRules}; it runs with jqwik. A history that fails is shrunk and printed as the calls
 * it is made of.
 *
 * <p>One select of the backend must be able to report seven sources.
 *
 * <p><b>Thread:</b> the tests must run one at a time.
 */
@AddLifecycleHook(PropertiesNameRules.class)
@SuppressWarnings("exports") // The hook works for this class and is nobody else's.
public abstract class SelectorProperties {

    private static final int TRIES = 1_000;
    private static final int STEPS = 40;

    /** Interests that need no capability, and two that are mistakes. */
    private static final int[] INTERESTS = {
        Events.NONE,
        Events.READ,
        Events.WRITE,
        Events.READ | Events.WRITE,
        Events.ONESHOT,
        Events.READ | Events.ONESHOT,
        Events.WRITE | Events.ONESHOT,
        Events.READ | Events.WRITE | Events.ONESHOT,
        Events.READ | Events.HANGUP,
        1 << 12
    };

    private @Nullable Subject subject;
    private Map<Integer, String> descriptors = Map.of();
    private @Nullable Sources sources;
    private @Nullable Run run;

    /** For subclasses. */
    protected SelectorProperties() {}

    /** Returns what is tested; called once. */
    protected abstract Subject newSubject();

    /** Returns what the last property was about, if it got as far. */
    final Optional<Subject> lastSubject() {
        return Optional.ofNullable(subject);
    }

    @BeforeProperty
    void openSources() throws IOException {
        LeakCheck.warmUp();
        descriptors = OpenDescriptors.now();
        subject = newSubject();
        sources = new Sources(subject);
    }

    /** After any history of calls, mistakes among them, the selector says what the model says. */
    @Property(tries = TRIES)
    @Rule({
        "REG-1", "REG-2", "REG-3", "REG-5", "REG-12", "UNR-1", "MOD-1", "MOD-3", "KEY-2", "SEL-1", "SEL-2", "SEL-3",
        "SEL-5", "WAKE-1", "WAKE-3", "ONE-1", "SWAP-1", "SWAP-4"
    })
    public void agreesWithTheModel(@ForAll("histories") ActionChain<Run> history) {
        history.withInvariant("the registrations are those of the model", Run::checkRegistrations)
                .run();
    }

    @AfterTry
    void endRun() throws IOException {
        if (run != null) {
            Run ended = run;
            run = null;
            Objects.requireNonNull(sources).end(ended);
        }
    }

    @AfterProperty
    void closeSources() {
        if (sources != null) {
            sources.close();
        }
        assertEquals(descriptors, OpenDescriptors.now(), "open descriptors");
    }

    @Provide
    ActionChainArbitrary<Run> histories() {
        Arbitrary<Integer> source = Arbitraries.integers().between(0, Sources.COUNT - 1);
        Arbitrary<Integer> interest =
                Arbitraries.integers().between(0, INTERESTS.length - 1).map(i -> INTERESTS[i]);
        Arbitrary<Integer> data = Arbitraries.integers().between(0, 2);
        return ActionChain.startWith(this::begin)
                .withAction(
                        6, action(Combinators.combine(source, interest, data).as(Step.Register::new)))
                .withAction(
                        4, action(Combinators.combine(source, interest, data).as(Step.Modify::new)))
                .withAction(2, action(source.map(Step.Unregister::new)))
                .withAction(5, action(source.map(Step.MakeReadable::new)))
                .withAction(2, action(source.map(Step.Drain::new)))
                .withAction(1, action(source.map(Step.ClosePeer::new)))
                .withAction(1, action(Arbitraries.just(new Step.Wakeup())))
                .withAction(1, action(Arbitraries.just(new Step.Swap())))
                .withAction(6, action(Arbitraries.of(false, true).map(Step.Select::new)))
                .withMaxTransformations(STEPS);
    }

    private Run begin() {
        try {
            Run begun = Objects.requireNonNull(sources).begin();
            run = begun;
            return begun;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Action.Independent<Run> action(Arbitrary<? extends Step> steps) {
        return () -> steps.map(step -> Transformer.mutate(step.toString(), run -> run.apply(step)));
    }
}
