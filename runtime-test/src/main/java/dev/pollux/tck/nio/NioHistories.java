package dev.pollux.tck.nio;

import java.nio.channels.SelectionKey;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

/** Random histories of calls, mistakes among them. Each answer is fixed, whatever the threads and whatever the selector. */
public final class NioHistories {

    private static final int STEPS = 40;

    /** How long other threads wait at most, so that they come before a select as well as during it. */
    private static final int MOST_MICROS = 200;

    private static final Arbitrary<Integer> SOURCE = Arbitraries.integers().between(0, NioRunner.SOURCES - 1);
    private static final Arbitrary<Integer> ATTACHMENT = Arbitraries.integers().between(0, 2);
    private static final Arbitrary<Boolean> EITHER = Arbitraries.of(false, true);
    private static final Arbitrary<NioStep.Wait> WAIT = Arbitraries.of(NioStep.Wait.class);
    private static final Arbitrary<Integer> MICROS = Arbitraries.integers().between(0, MOST_MICROS);

    /** All that a source of that number knows, more often than what it does not know. */
    private static final Arbitrary<Integer> OPS = Arbitraries.frequency(
            Tuple.of(2, 0),
            Tuple.of(4, SelectionKey.OP_READ),
            Tuple.of(3, SelectionKey.OP_WRITE),
            Tuple.of(2, SelectionKey.OP_READ | SelectionKey.OP_WRITE),
            Tuple.of(2, SelectionKey.OP_CONNECT),
            Tuple.of(2, SelectionKey.OP_ACCEPT),
            Tuple.of(1, SelectionKey.OP_CONNECT | SelectionKey.OP_READ));

    private NioHistories() {}

    /** Returns histories of every kind of step. */
    public static Arbitrary<List<NioStep>> any() {
        Arbitrary<NioStep> steps = Arbitraries.<NioStep>frequencyOf(
                times(16, registrations()),
                times(12, world()),
                times(2, selectedKeys()),
                times(2, registrations().map(NioStep.Elsewhere::new)),
                times(1, Combinators.combine(SOURCE, EITHER).as(NioStep.Blocking::new)),
                times(12, selects()),
                times(1, Arbitraries.just(new NioStep.SelectNegative())));
        Arbitrary<NioStep> withEnd = Arbitraries.<NioStep>frequencyOf(
                times(120, steps), times(1, Arbitraries.just(new NioStep.CloseSelector())));
        return withEnd.list().ofMaxSize(STEPS).withSizeDistribution(RandomDistribution.uniform());
    }

    /** What any thread may do at any time. */
    private static Arbitrary<NioStep> registrations() {
        return Arbitraries.<NioStep>frequencyOf(
                times(8, Combinators.combine(SOURCE, OPS, ATTACHMENT).as(NioStep.Register::new)),
                times(3, Combinators.combine(SOURCE, OPS).as(NioStep.Interest::new)),
                times(2, Combinators.combine(SOURCE, OPS, EITHER).as(NioStep.ChangeInterest::new)),
                times(3, SOURCE.map(NioStep.Cancel::new)),
                times(2, SOURCE.map(NioStep.CloseSource::new)),
                times(2, Arbitraries.just(new NioStep.Wakeup())),
                times(2, Arbitraries.just(new NioStep.Disturb())));
    }

    private static Arbitrary<NioStep> world() {
        return Arbitraries.<NioStep>frequencyOf(
                times(6, SOURCE.map(NioStep.Send::new)),
                times(3, SOURCE.map(NioStep.Take::new)),
                times(2, SOURCE.map(NioStep.Connect::new)),
                times(1, SOURCE.map(NioStep.ClosePeer::new)),
                times(2, SOURCE.map(NioStep.LookFromPeer::new)),
                times(2, SOURCE.map(NioStep.Renew::new)));
    }

    private static Arbitrary<NioStep> selectedKeys() {
        return Arbitraries.<NioStep>frequencyOf(
                times(2, SOURCE.map(NioStep.Unselect::new)),
                times(1, Arbitraries.just(new NioStep.Unselect(-1))),
                times(1, Combinators.combine(SOURCE, EITHER).as(NioStep.MisuseSets::new)));
    }

    private static Arbitrary<NioStep> selects() {
        Arbitrary<List<NioStep>> meanwhile = Arbitraries.<NioStep>frequencyOf(
                        times(8, registrations()),
                        times(3, SOURCE.map(NioStep.Send::new)),
                        times(1, Arbitraries.just(new NioStep.Interrupt())))
                .list()
                .ofMinSize(1)
                .ofMaxSize(3);
        Arbitrary<List<NioStep>> end = Arbitraries.just(List.of(new NioStep.CloseSelector()));
        Arbitrary<List<NioStep>> steps =
                Arbitraries.<List<NioStep>>frequencyOf(Tuple.of(30, meanwhile), Tuple.of(1, end));
        return Arbitraries.<NioStep>frequencyOf(
                times(12, Combinators.combine(WAIT, EITHER).as(NioStep.Select::new)),
                times(2, Combinators.combine(WAIT, EITHER).as(NioStep.SelectInterrupted::new)),
                times(10, Combinators.combine(WAIT, EITHER, MICROS, steps).as(NioStep.SelectMeanwhile::new)),
                times(4, Combinators.combine(WAIT, inAction()).as(NioStep.SelectAnd::new)));
    }

    private static Arbitrary<NioStep> inAction() {
        return Arbitraries.<NioStep>frequencyOf(
                times(10, registrations()),
                times(2, SOURCE.map(NioStep.Renew::new)),
                times(2, SOURCE.map(NioStep.Take::new)),
                times(2, EITHER.map(withAction -> new NioStep.Select(NioStep.Wait.NOW, withAction))),
                times(2, Arbitraries.just(new NioStep.Fail())),
                times(1, Arbitraries.just(new NioStep.CloseSelector())));
    }

    private static Tuple2<Integer, Arbitrary<? extends NioStep>> times(
            int frequency, Arbitrary<? extends NioStep> steps) {
        return Tuple.of(frequency, steps);
    }
}
