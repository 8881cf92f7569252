package dev.pollux.examples;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What an echo server by one model did; NaN where that is not known.
 *
 * @param cpuMicrosPerMessage of all threads of its process
 * @param threads platform threads of its process
 * @param mebibytes that its process occupies
 * @param cpuPercentAtRest of one processor, while every connection is open and none sends
 * @param bytesReturned over the whole run, each compared with what was sent
 * @param missing why the model cannot run here; null if it can
 * @param problem why the run does not count; null if it does
 */
record IoModelResult(
        IoModel model,
        double messagesPerSecond,
        double cpuMicrosPerMessage,
        double threads,
        double mebibytes,
        double systemCallsPerMessage,
        double cpuPercentAtRest,
        long bytesReturned,
        long bytesLost,
        @Nullable String missing,
        @Nullable String problem) {

    /**
     * What every model is to do.
     *
     * @param connections all of them
     * @param talking those that send one message after the other; the others stay silent
     * @param duration of the measured time; the same time goes before, to warm up
     * @param limit of each step beyond that
     */
    record Work(int connections, int talking, Duration duration, Duration limit) {

        Duration rest() {
            return duration.dividedBy(5);
        }

        /** Returns how long a server may run. */
        Duration total() {
            return duration.multipliedBy(3).plus(limit.multipliedBy(6));
        }
    }

    /** Starts a server by {@code model}, and does {@code work} with it. */
    static IoModelResult take(IoModel model, Work work, LongConsumer progress) {
        try (IoModelProcess server = new IoModelProcess(model, work.total())) {
            Optional<String> missing = server.missing();
            return missing.isPresent() ? nothing(model, missing.get(), null) : measure(model, server, work, progress);
        } catch (IOException e) {
            return nothing(model, null, String.valueOf(e.getMessage()));
        }
    }

    private static IoModelResult measure(IoModel model, IoModelProcess server, Work work, LongConsumer progress)
            throws IOException {
        try (LoadDriver silent = new LoadDriver(server.address(), messages -> {});
                LoadDriver talking = new LoadDriver(server.address(), progress)) {
            silent.connect(work.connections() - work.talking(), work.limit());
            talking.connect(work.talking(), work.limit());
            if (silent.problem() != null || talking.problem() != null) {
                return nothing(model, null, silent.problem() != null ? silent.problem() : talking.problem());
            }
            talking.drive(work.duration(), work.limit());

            long messagesBefore = talking.messages();
            Usage before = server.usage();
            long start = System.nanoTime();
            talking.drive(work.duration(), work.limit());
            long elapsedNanos = System.nanoTime() - start;
            Usage after = server.usage();
            long messages = talking.messages() - messagesBefore;

            long rest = System.nanoTime();
            LockSupport.parkNanos(work.rest().toNanos());
            Usage rested = server.usage();
            long restNanos = System.nanoTime() - rest;

            talking.finish(work.limit());
            silent.finish(work.limit());
            return new IoModelResult(
                    model,
                    messages * 1e9 / elapsedNanos,
                    (after.cpuNanos() - before.cpuNanos()) / 1e3 / messages,
                    after.threads(),
                    after.residentKib() < 0 ? Double.NaN : after.residentKib() / 1024.0,
                    after.systemCalls() < 0
                            ? Double.NaN
                            : (double) (after.systemCalls() - before.systemCalls()) / messages,
                    (rested.cpuNanos() - after.cpuNanos()) * 100.0 / restNanos,
                    silent.bytesReturned() + talking.bytesReturned(),
                    silent.bytesLost() + talking.bytesLost(),
                    null,
                    talking.problem() != null ? talking.problem() : silent.problem());
        }
    }

    static IoModelResult nothing(IoModel model, @Nullable String missing, @Nullable String problem) {
        return new IoModelResult(
                model, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 0, 0, missing, problem);
    }

    /** Returns whether there are figures: the model can run here, and every byte came back. */
    boolean isMeasured() {
        return missing == null && problem == null && bytesLost == 0;
    }

    /** Returns whether something went wrong. A model that cannot run here is no failure. */
    boolean isFailed() {
        return missing == null && !isMeasured();
    }
}
