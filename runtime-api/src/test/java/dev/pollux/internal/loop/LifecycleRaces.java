package dev.pollux.internal.loop;

import dev.pollux.internal.loop.Lifecycle.Call;
import dev.pollux.internal.loop.Lifecycle.Leave;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Whatever threads use a loop, run it and have it end: exactly one of them ends it. */
final class LifecycleRaces {

    private LifecycleRaces() {}

    /** A thread uses the loop for one call while another closes it. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the visitor ends it")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "the one that closes ends it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both end it, or none does")
    @State
    public static class AVisitMeetsAClose extends OneLife {

        @Actor
        public void visitor(II_Result r) {
            r.r1 = visit();
        }

        @Actor
        public void closer(II_Result r) {
            r.r2 = close();
        }
    }

    /** A thread runs the loop for one turn while another closes it. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the one that runs it ends it")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "the one that closes ends it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both end it, or none does")
    @State
    public static class ARunMeetsAClose extends OneLife {

        @Actor
        public void runner(II_Result r) {
            r.r1 = life.begin() == null ? leave() : 0;
        }

        @Actor
        public void closer(II_Result r) {
            r.r2 = close();
        }
    }

    /** A thread uses the loop for one call while another shuts it down, with nothing left to do. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the visitor ends it")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "the one that shuts down ends it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both end it, or none does")
    @State
    public static class AVisitMeetsAShutdown extends OneLife {

        @Actor
        public void visitor(II_Result r) {
            r.r1 = visit();
        }

        @Actor
        public void stopper(II_Result r) {
            life.call(Call.SHUTDOWN);
            r.r2 = visit();
        }
    }

    /** A thread posts a call while the one that steps the loop leaves. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the driver does the call before it leaves")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "the caller becomes the driver and does it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the call is done twice, or not at all")
    @State
    public static class ACallMeetsALeave {

        private final Lifecycle life = new Lifecycle();
        private final AtomicInteger posted = new AtomicInteger();

        @Actor
        public void stepper(II_Result r) {
            if (life.begin() == null) {
                while (life.leave(() -> posted.get() > 0, () -> true) == Leave.WANTED) {
                    r.r1 += posted.getAndSet(0);
                }
            }
        }

        @Actor
        public void caller(II_Result r) {
            life.beginCall();
            posted.set(1);
            if (life.visit()) {
                r.r2 = posted.getAndSet(0);
                life.leave(() -> false, () -> true);
            }
        }
    }

    /** A thread steps the loop while another reserves it. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "it runs, and is not reserved")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "it is reserved, and does not run")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE_INTERESTING, desc = "it has run before it is reserved")
    @Outcome(expect = Expect.FORBIDDEN, desc = "neither")
    @State
    public static class AStepMeetsAReservation {

        private final Lifecycle life = new Lifecycle();
        private volatile boolean inside;

        @Actor
        public void stepper(II_Result r) {
            if (life.begin() == null) {
                r.r1 = 1;
                inside = true;
                inside = false;
                life.leave(() -> false, () -> true);
            }
        }

        @Actor
        public void starter(II_Result r) {
            if (life.reserve() == null) {
                r.r2 = inside ? 2 : 1;
            }
        }
    }

    /** A thread uses the loop for one call while one shuts it down and one closes it. */
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "the visitor ends it")
    @Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "the one that shuts down ends it")
    @Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "the one that closes ends it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "more than one ends it, or none does")
    @State
    public static class AVisitMeetsAShutdownAndAClose extends OneLife {

        @Actor
        public void visitor(III_Result r) {
            r.r1 = visit();
        }

        @Actor
        public void stopper(III_Result r) {
            life.call(Call.SHUTDOWN);
            r.r2 = visit();
        }

        @Actor
        public void closer(III_Result r) {
            r.r3 = close();
        }
    }

    /** The life of a loop without work. Each method returns 1 if the caller has ended the loop, else 0. */
    abstract static class OneLife {

        final Lifecycle life = new Lifecycle();

        final int visit() {
            return life.visit() ? leave() : 0;
        }

        final int close() {
            return life.call(Call.CLOSE) ? leave() : 0;
        }

        final int leave() {
            if (life.leave(() -> false, () -> true) != Leave.END) {
                return 0;
            }
            life.released();
            return 1;
        }
    }
}
