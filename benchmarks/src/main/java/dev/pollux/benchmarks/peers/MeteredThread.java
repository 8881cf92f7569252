package dev.pollux.benchmarks.peers;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A thread that does its work while it is asked to, and rests otherwise; and what it has done meanwhile. */
final class MeteredThread {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Gate gate;
    private final Runnable bringToRest;

    private MeteredThread(Gate gate, Runnable bringToRest) {
        this.gate = gate;
        this.bringToRest = bringToRest;
    }

    /** Something to do again and again. */
    @FunctionalInterface
    interface Turn {

        /** Does it once. */
        void once() throws Exception;
    }

    /** Returns a new thread that does {@code turn} again and again. */
    static MeteredThread of(Turn turn) {
        Gate gate = new Gate();
        Thread thread = new Thread(() -> turn(turn, gate), Answers.LOOP_THREAD);
        thread.setDaemon(true);
        thread.start();
        return new MeteredThread(gate, () -> {});
    }

    private static void turn(Turn turn, Gate gate) {
        try {
            while (true) {
                gate.rest();
                do {
                    turn.once();
                } while (gate.isOpen());
            }
        } catch (Exception e) {
            Answers.end(e);
        }
    }

    /** Returns the thread of {@code loop}, which does what it does without being asked, and tasks in between. */
    static MeteredThread ofLoop(Executor loop) {
        Gate gate = new Gate();
        loop.execute(gate::rest);
        return new MeteredThread(gate, () -> loop.execute(gate::rest));
    }

    /** Does {@code work} on the thread, while it rests. */
    <T> T call(Callable<T> work) throws Exception {
        return gate.call(work);
    }

    /** Lets the thread work for {@code seconds}. */
    Sample run(double seconds, Counter done) throws Exception {
        long[] before = gate.callAndOpen(() -> account(done));
        TimeUnit.NANOSECONDS.sleep((long) (seconds * 1e9));
        gate.shut();
        bringToRest.run();
        long[] after = gate.call(() -> account(done));
        return new Sample(
                after[0] - before[0], after[1] - before[1], after[2] - before[2], Answers.compileMillis(), -1);
    }

    private static long[] account(Counter done) {
        return new long[] {done.count(), THREADS.getCurrentThreadCpuTime(), THREADS.getCurrentThreadAllocatedBytes()};
    }
}
