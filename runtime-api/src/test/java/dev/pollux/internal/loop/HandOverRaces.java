package dev.pollux.internal.loop;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** What may and what must not happen when work is handed to a loop that ends or falls asleep. */
final class HandOverRaces {

    private HandOverRaces() {}

    /** A task comes while the queue is sealed. */
    @JCStressTest
    @Outcome(id = "true, 1", expect = Expect.ACCEPTABLE, desc = "accepted and kept")
    @Outcome(id = "false, 0", expect = Expect.ACCEPTABLE, desc = "refused and not kept")
    @Outcome(expect = Expect.FORBIDDEN, desc = "accepted and lost, or refused and run")
    @State
    public static class ATaskIsEitherKeptOrRefused {

        private final SealableQueue queue = new SealableQueue(2);

        @Actor
        public void producer(ZI_Result r) {
            r.r1 = queue.offer(() -> {});
        }

        @Actor
        public void consumer(ZI_Result r) {
            r.r2 = queue.poll() == null ? 0 : 1;
            r.r2 += queue.seal().size();
        }
    }

    /** Two tasks of two threads come while the queue is sealed. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "both refused")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "one kept")
    @Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "both kept")
    @Outcome(expect = Expect.FORBIDDEN, desc = "not as many kept as accepted")
    @State
    public static class AsManyAreKeptAsAccepted {

        private final SealableQueue queue = new SealableQueue(2);
        private boolean first;
        private boolean second;
        private int kept;

        @Actor
        public void producer() {
            first = queue.offer(() -> {});
        }

        @Actor
        public void otherProducer() {
            second = queue.offer(() -> {});
        }

        @Actor
        public void consumer() {
            kept = queue.seal().size();
        }

        @Arbiter
        public void count(II_Result r) {
            r.r1 = (first ? 1 : 0) + (second ? 1 : 0);
            r.r2 = kept;
        }
    }
}
