package dev.pollux.benchmarks;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** Timers of one kind, for {@link TimerBenchmark}. */
interface TimerSide extends AutoCloseable {

    /** Schedules all. */
    void schedule() throws IOException;

    /** Cancels all, in the order of their numbers in {@code order}. */
    void cancel(int[] order) throws IOException;

    /** Lets all become due, if that takes time. */
    default void await() throws InterruptedException {}

    /** Runs all; the last one opens {@code fired}. */
    void fire(CountDownLatch fired) throws Exception;

    @Override
    void close() throws IOException;
}
