package dev.pollux.internal.executor;

import dev.pollux.internal.executor.History.Call;
import dev.pollux.internal.executor.History.Work;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Histories of any calls, of threads outside the executor and of its tasks. */
final class Histories {

    private Histories() {}

    /** In nanoseconds. Java 17 puts longer delays into the past when some time has gone by. */
    private static final long LONGEST = Runtime.version().feature() < 25 ? Long.MAX_VALUE / 4 : Long.MAX_VALUE;

    private static final List<TimeUnit> EXTREME_UNITS = Runtime.version().feature() < 25
            ? List.of(TimeUnit.NANOSECONDS)
            : List.of(TimeUnit.NANOSECONDS, TimeUnit.DAYS);

    static Arbitrary<List<Call>> histories() {
        Arbitrary<Work> leaves = works(Arbitraries.just(List.of()));
        Arbitrary<Work> branches = works(callsAnywhere(leaves).list().ofMaxSize(4));
        Arbitrary<Call> calls = callsAnywhere(branches);
        return Arbitraries.frequencyOf(
                        Tuple.of(6, calls),
                        Tuple.of(3, hours(0, 60).map(History.Pass::new)),
                        Tuple.of(2, calls.list().ofMaxSize(8).map(History.During::new)),
                        Tuple.of(1, invoked().map(works -> new History.InvokeAll(works, true))),
                        Tuple.of(1, invoked().map(works -> new History.InvokeAll(works, false))),
                        Tuple.of(1, invoked().map(History.InvokeAny::new)))
                .list()
                .ofMaxSize(14);
    }

    private static Arbitrary<Work> works(Arbitrary<List<Call>> calls) {
        Arbitrary<Integer> failsInRun = Arbitraries.of(0, 0, 0, 1, 3);
        return Combinators.combine(calls, Arbitraries.of(0, 0, 0, 7), failsInRun)
                .as(Work::new);
    }

    private static Arbitrary<List<Work>> invoked() {
        return Arbitraries.of(0, 1)
                .map(failsInRun -> new Work(List.of(), 0, failsInRun))
                .list()
                .ofMaxSize(3);
    }

    private static Arbitrary<Integer> hours(int min, int max) {
        return Arbitraries.integers().between(min, max);
    }

    private static Arbitrary<Call> callsAnywhere(Arbitrary<Work> works) {
        Arbitrary<Long> delays = Arbitraries.longs().between(-1, 30);
        Arbitrary<Long> extremes = Arbitraries.of(Long.MIN_VALUE, LONGEST, LONGEST / 2);
        Arbitrary<TimeUnit> units = Arbitraries.of(EXTREME_UNITS);
        Arbitrary<Long> periods = Arbitraries.longs().between(-1, 25).map(hours -> hours <= 0 ? hours : hours + 2);
        return Arbitraries.frequencyOf(
                Tuple.of(3, works.map(History.Execute::new)),
                Tuple.of(3, works.map(History.Submit::new)),
                Tuple.of(1, works.map(History.SubmitWithResult::new)),
                Tuple.of(
                        4,
                        Combinators.combine(works, delays)
                                .as((work, delay) -> new History.Schedule(work, delay, TimeUnit.HOURS))),
                Tuple.of(
                        2,
                        Combinators.combine(works, delays)
                                .as((work, delay) -> new History.ScheduleTask(work, delay, TimeUnit.HOURS))),
                Tuple.of(1, Combinators.combine(works, extremes, units).as(History.Schedule::new)),
                Tuple.of(2, Combinators.combine(works, delays, periods).as(History.AtFixedRate::new)),
                Tuple.of(2, Combinators.combine(works, delays, periods).as(History.WithFixedDelay::new)),
                Tuple.of(
                        4,
                        Combinators.combine(hours(0, 20), Arbitraries.of(true, false))
                                .as(History.Cancel::new)),
                Tuple.of(1, Arbitraries.just(new History.Shutdown())),
                Tuple.of(1, Arbitraries.just(new History.ShutdownNow())),
                Tuple.of(1, Arbitraries.just(new History.Await())));
    }
}
