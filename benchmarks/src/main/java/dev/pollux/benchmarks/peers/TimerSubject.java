package dev.pollux.benchmarks.peers;

import dev.pollux.benchmarks.Libc;
import dev.pollux.benchmarks.TimerBenchmark;

/**
 * Timers, as in the JMH benchmark: {@code load WORK COUNT}, see {@link TimerWork}. The time is the CPU time of the process,
 * since some have a thread of their own that does part of the work.
 */
final class TimerSubject implements Metered.Subject {

    private final TimerBenchmark benchmark = new TimerBenchmark();
    private final String side;
    private Work work = () -> new long[2];
    private int count;

    private TimerSubject(String side) {
        this.side = side;
    }

    /** One time through: set-up, what is measured, and the end. Returns the clock before and after. */
    private interface Work {

        long[] once() throws Exception;
    }

    private interface Part {

        void run() throws Exception;
    }

    static TimerSubject open(Contestant contestant) {
        return new TimerSubject(contestant.kind());
    }

    @Override
    public void load(int number, int timers) {
        count = timers;
        if (number == TimerWork.SCHEDULE.number()) {
            TimerBenchmark.Empty state = new TimerBenchmark.Empty();
            state.side = side;
            state.pending = timers;
            state.prepare();
            work = () -> measure(state::open, () -> benchmark.schedule(state), state::close);
        } else if (number == TimerWork.CANCEL.number()) {
            TimerBenchmark.Pending state = new TimerBenchmark.Pending();
            state.side = side;
            state.pending = timers;
            state.prepare();
            work = () -> measure(state::open, () -> benchmark.cancel(state), state::close);
        } else {
            TimerBenchmark.Due state = new TimerBenchmark.Due();
            state.side = side;
            state.due = timers;
            state.prepare();
            work = () -> measure(state::open, () -> benchmark.fire(state), state::close);
        }
    }

    private static long[] measure(Part open, Part measured, Part close) throws Exception {
        // Garbage of the time before is not to be collected within the measured time.
        System.gc();
        open.run();
        long before = Libc.processCpuNanos();
        measured.run();
        long after = Libc.processCpuNanos();
        close.run();
        return new long[] {before, after};
    }

    @Override
    public Sample run(double seconds) throws Exception {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        long done = 0;
        long computed = 0;
        do {
            long[] clock = work.once();
            computed += clock[1] - clock[0];
            done += count;
        } while (System.nanoTime() < end);
        return new Sample(done, computed, -1, Answers.compileMillis(), -1);
    }
}
