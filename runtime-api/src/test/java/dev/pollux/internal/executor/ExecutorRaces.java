package dev.pollux.internal.executor;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.IZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** What may and what must not become of a task when several threads decide about it. */
final class ExecutorRaces {

    private ExecutorRaces() {}

    /** The loop comes to a task while another thread ends the executor. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "run")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "returned")
    @Outcome(expect = Expect.FORBIDDEN, desc = "run and returned, or neither")
    @State
    public static class ATaskIsRunOrReturned extends OneTask {

        @Actor
        public void loop() {
            host.runCalls();
        }

        @Actor
        public void closer(II_Result r) {
            r.r2 = executor.shutdownNow().size();
        }

        @Arbiter
        public void count(II_Result r) {
            r.r1 = runs.get();
        }
    }

    /** The loop comes to a task while one thread cancels it and another ends the executor. */
    @JCStressTest
    @Outcome(id = "1, 0, [01]", expect = Expect.ACCEPTABLE, desc = "run, perhaps cancelled in its run")
    @Outcome(id = "0, 1, [01]", expect = Expect.ACCEPTABLE, desc = "returned, perhaps cancelled after that")
    @Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "cancelled")
    @Outcome(expect = Expect.FORBIDDEN, desc = "run and returned, or nothing became of it")
    @State
    public static class ATaskIsRunOrReturnedOrCancelled extends OneTask {

        @Actor
        public void loop() {
            host.runCalls();
        }

        @Actor
        public void closer(III_Result r) {
            r.r2 = executor.shutdownNow().size();
        }

        @Actor
        public void canceller(III_Result r) {
            r.r3 = future.cancel(false) ? 1 : 0;
        }

        @Arbiter
        public void count(III_Result r) {
            r.r1 = runs.get();
        }
    }

    /** Two threads end the executor. */
    @JCStressTest
    @Outcome(
            id = {"0, 1", "1, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "returned to one")
    @Outcome(expect = Expect.FORBIDDEN, desc = "returned to both, or to none")
    @State
    public static class ATaskIsReturnedOnce extends OneTask {

        @Actor
        public void closer(II_Result r) {
            r.r1 = executor.shutdownNow().size();
        }

        @Actor
        public void otherCloser(II_Result r) {
            r.r2 = executor.shutdownNow().size();
        }
    }

    /** A task comes while the loop looks for calls and another thread ends the executor. */
    @JCStressTest
    @Outcome(
            id = {"0, 0, 0", "1, 1, 0", "1, 0, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "rejected, run or returned")
    @Outcome(expect = Expect.FORBIDDEN, desc = "accepted and lost, rejected and run, or more than one of them")
    @State
    public static class WhatIsAcceptedIsRunOrReturned extends Tasks {

        @Actor
        public void submitter(III_Result r) {
            try {
                executor.execute(runs::incrementAndGet);
                r.r1 = 1;
            } catch (RejectedExecutionException closed) {
                r.r1 = 0;
            }
        }

        @Actor
        public void loop() {
            host.runCalls();
        }

        @Actor
        public void closer(III_Result r) {
            r.r3 = executor.shutdownNow().size();
        }

        @Arbiter
        public void count(III_Result r) {
            host.runCalls();
            r.r2 = runs.get();
        }
    }

    /** A task comes while the executor is shut down: what is accepted still runs, and then the executor has ended. */
    @JCStressTest
    @Outcome(
            id = {"0, false, true", "1, true, true"},
            expect = Expect.ACCEPTABLE,
            desc = "rejected, or accepted and run")
    @Outcome(expect = Expect.FORBIDDEN, desc = "accepted and lost, rejected and run, or without end")
    @State
    public static class WhatIsAcceptedRunsAfterAShutdown extends Tasks {

        @Actor
        public void submitter(IZZ_Result r) {
            try {
                executor.execute(runs::incrementAndGet);
                r.r2 = true;
            } catch (RejectedExecutionException closed) {
                r.r2 = false;
            }
        }

        @Actor
        public void closer() {
            executor.shutdown();
        }

        @Arbiter
        public void count(IZZ_Result r) {
            host.runCalls();
            r.r1 = runs.get();
            r.r3 = executor.isTerminated();
        }
    }

    /** A periodic task runs while the executor is shut down. */
    @JCStressTest
    @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "cancelled, and the executor has ended")
    @Outcome(expect = Expect.FORBIDDEN, desc = "it would run for ever")
    @State
    public static class APeriodicTaskEndsWithTheExecutor extends Tasks {

        private final Future<?> rate = executor.scheduleAtFixedRate(() -> {}, 0, 1, TimeUnit.NANOSECONDS);

        @Actor
        public void loop() {
            host.runOneTimer();
        }

        @Actor
        public void closer() {
            executor.shutdown();
        }

        @Arbiter
        public void look(ZZ_Result r) {
            r.r1 = rate.isCancelled();
            r.r2 = executor.isTerminated();
        }
    }

    /** A periodic task runs while it is cancelled: nothing of it is left. */
    @JCStressTest
    @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "cancelled and gone")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a shutdown would wait for it")
    @State
    public static class ACancelledPeriodicTaskIsGone extends Tasks {

        private final Future<?> rate = executor.scheduleAtFixedRate(() -> {}, 0, 1, TimeUnit.NANOSECONDS);

        @Actor
        public void loop() {
            host.runOneTimer();
        }

        @Actor
        public void canceller(ZZ_Result r) {
            r.r1 = rate.cancel(false);
        }

        @Arbiter
        public void look(ZZ_Result r) {
            executor.shutdown();
            r.r2 = executor.isTerminated() && host.alarms() == 0;
        }
    }

    /** A task runs while the executor is ended, which interrupts it. */
    @JCStressTest
    @Outcome(id = "false", expect = Expect.ACCEPTABLE, desc = "the interrupt stays with the task")
    @Outcome(expect = Expect.FORBIDDEN, desc = "what the loop runs next is interrupted")
    @State
    public static class AnInterruptOfShutdownNowDoesNotOutliveTheTask extends OneTask {

        @Actor
        public void loop(Z_Result r) {
            host.runCalls();
            r.r1 = Thread.interrupted();
        }

        @Actor
        public void closer() {
            executor.shutdownNow();
        }
    }

    /** A task runs while it is cancelled with an interrupt. */
    @JCStressTest
    @Outcome(id = "false", expect = Expect.ACCEPTABLE, desc = "the interrupt stays with the task")
    @Outcome(expect = Expect.FORBIDDEN, desc = "what the loop runs next is interrupted")
    @State
    public static class AnInterruptOfCancelDoesNotOutliveTheTask extends OneTask {

        @Actor
        public void loop(Z_Result r) {
            host.runCalls();
            r.r1 = Thread.interrupted();
        }

        @Actor
        public void canceller() {
            future.cancel(true);
        }
    }

    /** An executor whose loop is an actor. */
    public static class Tasks {

        final Calls host = new Calls();
        final LoopExecutor executor = new LoopExecutor(host);
        final AtomicInteger runs = new AtomicInteger();
    }

    /** And a task that waits for the loop. */
    public static class OneTask extends Tasks {

        final Future<?> future = executor.submit(runs::incrementAndGet);
    }

    /** A loop that makes its calls when it is told to. */
    static final class Calls implements Host {

        private final Queue<Dispatch> calls = new ConcurrentLinkedQueue<>();
        private final Queue<Dispatch> timers = new ConcurrentLinkedQueue<>();
        private volatile Thread loop;

        void runCalls() {
            loop = Thread.currentThread();
            for (Dispatch call = calls.poll(); call != null; call = calls.poll()) {
                call.run();
            }
        }

        void runOneTimer() {
            loop = Thread.currentThread();
            Dispatch call = timers.poll();
            if (call != null) {
                call.run();
            }
        }

        int alarms() {
            return timers.size();
        }

        @Override
        public String name() {
            return "calls";
        }

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public boolean inLoop() {
            return Thread.currentThread() == loop;
        }

        @Override
        public void execute(Dispatch dispatch) {
            calls.add(dispatch);
        }

        @Override
        public Alarm at(long deadlineNanos, Dispatch dispatch) {
            timers.add(dispatch);
            return () -> timers.remove(dispatch);
        }
    }
}
