package dev.pollux.internal.timer;

import java.util.Queue;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Timers of other threads meet the loop's. */
public final class TimerRaces {

    private TimerRaces() {}

    /** A timer comes while the loop notes that it wakes later and looks for commands. */
    @JCStressTest
    @Outcome(
            id = "true, true",
            expect = Expect.FORBIDDEN,
            desc = "asleep beyond the deadline, and no one wakes the loop")
    @Outcome(expect = Expect.ACCEPTABLE, desc = "the loop has seen the timer, or is woken for it")
    @State
    public static class NoTimerIsSleptThrough {

        private static final long EARLY = 10;
        private static final long DEADLINE = 20;
        private static final long LATE = 30;

        private final Queue<Runnable> commands = new MpscUnboundedAtomicArrayQueue<>(2);
        private final NextWakeup nextWakeup = new NextWakeup();

        public NoTimerIsSleptThrough() {
            nextWakeup.set(EARLY);
        }

        @Actor
        public void loop(ZZ_Result r) {
            nextWakeup.set(LATE);
            r.r1 = commands.isEmpty();
        }

        @Actor
        public void other(ZZ_Result r) {
            commands.offer(() -> {});
            r.r2 = nextWakeup.isBy(DEADLINE);
        }
    }

    /** A one-shot timer is cancelled while it is about to run. */
    @JCStressTest
    @Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "cancelled, and does not run")
    @Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "runs")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both, or neither")
    @State
    public static class ATimerIsEitherRunOrCancelled {

        private final TaskOf timer = new TaskOf(() -> {});

        @Actor
        public void canceller(ZZ_Result r) {
            r.r1 = timer.takeTask() != null;
        }

        @Actor
        public void loop(ZZ_Result r) {
            r.r2 = timer.takeTask() != null;
        }
    }

    /** A timer without a loop. */
    private static final class TaskOf extends Timer {

        @SuppressWarnings("NullAway")
        TaskOf(Runnable task) {
            super(null, 0, 0, task);
        }
    }
}
