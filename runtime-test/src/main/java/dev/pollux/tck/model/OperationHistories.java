package dev.pollux.tck.model;

import dev.pollux.tck.model.OperationStep.Kind;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

/** Random histories of operations. */
public final class OperationHistories {

    private static final int STEPS = 30;

    private static final Arbitrary<Integer> END = Arbitraries.integers().between(0, OperationRun.ENDS - 1);
    private static final Arbitrary<Integer> MILLIS = Arbitraries.integers().between(1, 5);

    private OperationHistories() {}

    /** Returns histories of every kind of step. */
    public static Arbitrary<List<OperationStep>> any() {
        return Arbitraries.<OperationStep>frequencyOf(
                        times(8, begin(Kind.SEND, sizes(0))),
                        times(7, begin(Kind.RECEIVE, sizes(1))),
                        times(2, begin(Kind.RECEIVE_EACH, Arbitraries.just(0))),
                        times(3, Arbitraries.integers().between(0, 9).map(OperationStep.Cancel::new)),
                        times(2, MILLIS.map(OperationStep.Pass::new)),
                        times(1, END.map(OperationStep.EndOutput::new)),
                        times(1, END.map(OperationStep.Close::new)),
                        times(5, Arbitraries.just(new OperationStep.Turn())),
                        times(4, Arbitraries.just(new OperationStep.Settle())),
                        times(1, Arbitraries.of(true, false).map(OperationStep.Swap::new)))
                .list()
                .ofMaxSize(STEPS)
                // As many long ones as short ones: left to itself, jqwik prefers short ones.
                .withSizeDistribution(RandomDistribution.uniform());
    }

    private static Arbitrary<OperationStep> begin(Kind kind, Arbitrary<Integer> sizes) {
        Arbitrary<Integer> limit = Arbitraries.<Integer>frequencyOf(times(4, Arbitraries.just(0)), times(1, MILLIS));
        Arbitrary<Integer> more = Arbitraries.<Integer>frequencyOf(
                times(3, Arbitraries.just(0)), times(1, Arbitraries.integers().between(1, 3)));
        return Combinators.combine(END, sizes, limit, more)
                .as((end, bytes, millis, again) -> new OperationStep.Begin(kind, end, bytes, millis, again));
    }

    /** Few bytes, more than a backend with a fault may move at once, and more than a pipe or a socket has room for. */
    private static Arbitrary<Integer> sizes(int least) {
        return Arbitraries.<Integer>frequencyOf(
                times(6, Arbitraries.integers().between(least, 16)),
                times(5, Arbitraries.integers().between(least, 2_000)),
                times(1, Arbitraries.integers().between(least, OperationRun.MOST_BYTES)));
    }

    private static <T> Tuple2<Integer, Arbitrary<? extends T>> times(int frequency, Arbitrary<? extends T> what) {
        return Tuple.of(frequency, what);
    }
}
