package dev.pollux.benchmarks.peers;

import dev.pollux.benchmarks.HandOverBenchmark;
import dev.pollux.benchmarks.WakeupBenchmark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Gives tasks to a loop on another thread, as the JMH benchmarks do: {@code load WORK 0}, see {@link TaskWork}. The time is
 * what passes, because two threads work at it, and the write calls are those of the thread that gives.
 */
final class TaskSubject implements Metered.Subject {

    /** How many round trips are made before the time is looked at. */
    private static final int TRIPS = 100;

    private static final Path IO_OF_THIS_THREAD = Path.of("/proc/thread-self/io");
    private static final String WRITE_CALLS = "syscw: ";

    private final String side;
    private Batch batch = () -> 0;
    private AutoCloseable opened = () -> {};

    private TaskSubject(String side) {
        this.side = side;
    }

    /** Does some, and returns how many. */
    private interface Batch {

        int run();
    }

    static TaskSubject open(Contestant contestant) {
        return new TaskSubject(
                switch (contestant.kind()) {
                    case "pollux-loop" -> "loop-" + contestant.backend();
                    case "pollux-loop-spin" -> "spinning-loop-" + contestant.backend();
                    default -> contestant.kind();
                });
    }

    @Override
    public void load(int work, int unused) throws Exception {
        opened.close();
        if (work == TaskWork.ONE_WAY.first()) {
            HandOverBenchmark benchmark = new HandOverBenchmark();
            benchmark.side = side;
            benchmark.open();
            opened = benchmark::close;
            batch = () -> {
                benchmark.oneWay();
                return HandOverBenchmark.TASKS;
            };
        } else {
            WakeupBenchmark benchmark = new WakeupBenchmark();
            benchmark.side = side;
            benchmark.caller = work == TaskWork.ROUND_TRIP_PARKED.first() ? "park" : "spin";
            benchmark.open();
            opened = benchmark::close;
            batch = () -> {
                for (int i = 0; i < TRIPS; i++) {
                    benchmark.roundTrip();
                }
                return TRIPS;
            };
        }
    }

    @Override
    public Sample run(double seconds) throws IOException {
        long count = 0;
        long writes = writeCalls();
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        long now = start;
        while (now < end) {
            count += batch.run();
            now = System.nanoTime();
        }
        return new Sample(count, now - start, -1, Answers.compileMillis(), writeCalls() - writes);
    }

    private static long writeCalls() throws IOException {
        for (String line : Files.readAllLines(IO_OF_THIS_THREAD)) {
            if (line.startsWith(WRITE_CALLS)) {
                return Long.parseLong(line.substring(WRITE_CALLS.length()));
            }
        }
        throw new IOException(IO_OF_THIS_THREAD + " has no line " + WRITE_CALLS);
    }
}
