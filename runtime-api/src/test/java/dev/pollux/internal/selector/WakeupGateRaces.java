package dev.pollux.internal.selector;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** What may and what must not happen when threads meet at the gate, over all interleavings that can be provoked. */
final class WakeupGateRaces {

    private static final int SAW_WORK = 0;
    private static final int TOLD_OF_WAKEUP = 1;
    private static final int ASLEEP = 2;

    private WakeupGateRaces() {}

    private static int lookAndSleep(WakeupGate gate, boolean work) {
        if (work) {
            return SAW_WORK;
        }
        return gate.enter() == 0 ? ASLEEP : TOLD_OF_WAKEUP;
    }

    private static int wake(WakeupGate gate) {
        return gate.wake() ? 1 : 0;
    }

    /** One adds work and wakes; the other looks for work and goes to sleep. */
    @JCStressTest
    @Outcome(id = "2, 0", expect = Expect.FORBIDDEN, desc = "asleep, and nobody calls the kernel: a lost wakeup")
    @Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "asleep and woken by a system call")
    @Outcome(id = "[01], 0", expect = Expect.ACCEPTABLE, desc = "awake, no system call")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a system call for a thread that is awake")
    @State
    public static class NoWakeupIsLost {

        private final WakeupGate gate = new WakeupGate();
        private volatile boolean work;

        @Actor
        public void sleeper(II_Result r) {
            r.r1 = lookAndSleep(gate, work);
        }

        @Actor
        public void waker(II_Result r) {
            work = true;
            r.r2 = wake(gate);
        }
    }

    /** One is interrupted, and nudges; the other enters the gate and then looks at its status. */
    @JCStressTest
    @Outcome(id = "2, 0", expect = Expect.FORBIDDEN, desc = "asleep, and no one calls the kernel: a lost interrupt")
    @Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "asleep and woken by a system call")
    @Outcome(id = "0, [01]", expect = Expect.ACCEPTABLE, desc = "awake")
    @Outcome(expect = Expect.FORBIDDEN, desc = "nothing else is possible")
    @State
    public static class NoInterruptIsLost {

        private final WakeupGate gate = new WakeupGate();
        private volatile boolean interrupted;

        @Actor
        public void sleeper(II_Result r) {
            gate.enter();
            r.r1 = interrupted ? SAW_WORK : ASLEEP;
        }

        @Actor
        public void interrupter(II_Result r) {
            interrupted = true;
            r.r2 = gate.nudge() ? 1 : 0;
        }
    }

    /** Two wake one sleeper. */
    @JCStressTest
    @Outcome(id = "2, 1, 0", expect = Expect.ACCEPTABLE, desc = "one system call")
    @Outcome(id = "2, 0, 1", expect = Expect.ACCEPTABLE, desc = "one system call")
    @Outcome(id = "[01], 0, 0", expect = Expect.ACCEPTABLE, desc = "awake, no system call")
    @Outcome(expect = Expect.FORBIDDEN, desc = "more than one system call, or none for a sleeper")
    @State
    public static class OneCallPerSleep {

        private final WakeupGate gate = new WakeupGate();
        private volatile boolean work;

        @Actor
        public void sleeper(III_Result r) {
            r.r1 = lookAndSleep(gate, work);
        }

        @Actor
        public void waker(III_Result r) {
            work = true;
            r.r2 = wake(gate);
        }

        @Actor
        public void otherWaker(III_Result r) {
            work = true;
            r.r3 = wake(gate);
        }
    }

    /** A wakeup meets the end of a sleep that ends by itself. */
    @JCStressTest
    @Outcome(id = "0, 2", expect = Expect.ACCEPTABLE, desc = "the sleep was over; the wakeup is kept for the next")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the sleep was ended by it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a wakeup that is both told and kept, or neither")
    @State
    public static class AWakeupIsToldOnce {

        private final WakeupGate gate = new WakeupGate();

        public AWakeupIsToldOnce() {
            gate.enter();
        }

        @Actor
        public void sleeper(II_Result r) {
            r.r1 = gate.leave() == WakeupGate.WOKEN ? 1 : 0;
        }

        @Actor
        public void waker() {
            if (gate.wake()) {
                gate.called();
            }
        }

        @Arbiter
        public void next(II_Result r) {
            r.r2 = gate.enter();
        }
    }

    /** A close meets a wakeup: whoever takes the backend away waits for the calls under way, and none begins later. */
    @JCStressTest
    @Outcome(
            id = "1, 0",
            expect = Expect.ACCEPTABLE,
            desc = "the wakeup came first and calls the kernel; the close too")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the close came first; the wakeup does nothing")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a close that wakes nobody, or a wakeup after the close")
    @State
    public static class NoCallBeginsAfterTheClose {

        private final WakeupGate gate = new WakeupGate();
        private volatile boolean closed;

        public NoCallBeginsAfterTheClose() {
            gate.enter();
        }

        @Actor
        public void closer(II_Result r) {
            r.r1 = gate.close() ? 1 : 0;
            closed = true;
        }

        @Actor
        public void waker(II_Result r) {
            boolean after = closed;
            boolean calls = gate.wake();
            r.r2 = calls ? (after ? 2 : 0) : 1;
        }
    }
}
