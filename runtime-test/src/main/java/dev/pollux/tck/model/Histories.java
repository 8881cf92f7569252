package dev.pollux.tck.model;

import dev.pollux.Events;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

/** Random histories of calls, mistakes among them. */
public final class Histories {

    private static final int STEPS = 40;

    /** Interests that need no capability, and three that are mistakes. */
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

    private static final Arbitrary<Integer> SOURCE = Arbitraries.integers().between(0, HistoryRunner.COUNT - 1);
    private static final Arbitrary<Integer> INTEREST =
            Arbitraries.integers().between(0, INTERESTS.length - 1).map(i -> INTERESTS[i]);
    private static final Arbitrary<Integer> DATA = Arbitraries.integers().between(0, 2);

    private Histories() {}

    /** Returns histories of every kind of step. */
    public static Arbitrary<List<Step>> any() {
        return histories(Arbitraries.<Step>frequencyOf(
                times(20, calm()),
                times(1, SOURCE.map(Step.CloseSource::new)),
                times(1, SOURCE.map(Step.GiveNumberAway::new)),
                times(2, registrations().map(Step.SelectAnd::new)),
                times(1, Arbitraries.just(new Step.SelectAndFail()))));
    }

    /** Returns histories of which each answer is fixed, on any backend. */
    public static Arbitrary<List<Step>> predictable() {
        return histories(calm());
    }

    /** As many long ones as short ones: left to itself, jqwik prefers short ones. */
    private static Arbitrary<List<Step>> histories(Arbitrary<Step> steps) {
        return steps.list().ofMaxSize(STEPS).withSizeDistribution(RandomDistribution.uniform());
    }

    private static Arbitrary<Step> calm() {
        return Arbitraries.<Step>frequencyOf(
                times(12, registrations()),
                times(5, SOURCE.map(Step.MakeReadable::new)),
                times(2, SOURCE.map(Step.Drain::new)),
                times(1, SOURCE.map(Step.Fill::new)),
                times(1, SOURCE.map(Step.Relieve::new)),
                times(1, SOURCE.map(Step.EndPeerOutput::new)),
                times(1, SOURCE.map(Step.ClosePeer::new)),
                times(6, Arbitraries.of(false, true).map(Step.Select::new)));
    }

    /** Returns the steps that a handler may make as well. */
    private static Arbitrary<Step> registrations() {
        return Arbitraries.<Step>frequencyOf(
                times(6, Combinators.combine(SOURCE, INTEREST, DATA).as(Step.Register::new)),
                times(4, Combinators.combine(SOURCE, INTEREST, DATA).as(Step.Modify::new)),
                times(2, SOURCE.map(Step.Unregister::new)),
                times(1, SOURCE.map(Step.RegisterByNumber::new)),
                times(1, Combinators.combine(SOURCE, INTEREST, DATA).as(Step.ModifyByNumber::new)),
                times(1, SOURCE.map(Step.UnregisterByNumber::new)),
                times(1, Combinators.combine(SOURCE, INTEREST).as(Step.ModifyEvents::new)),
                times(1, SOURCE.map(Step.LookUp::new)),
                times(1, SOURCE.map(Step.LookUpByNumber::new)),
                times(1, Arbitraries.just(new Step.Wakeup())),
                times(1, Arbitraries.just(new Step.WakeupElsewhere())),
                times(1, Arbitraries.just(new Step.Swap())));
    }

    private static Tuple2<Integer, Arbitrary<? extends Step>> times(int frequency, Arbitrary<? extends Step> steps) {
        return Tuple.of(frequency, steps);
    }
}
