package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What an echo server did on one backend.
 *
 * @param connections those that were opened and answered
 * @param messages those that came back unchanged in the measured time
 * @param elapsedNanos the measured time
 * @param cpuNanos what the server's loop thread computed in it; negative if this JVM does not measure it
 * @param bytesLost over the whole run, also before the measured time
 * @param problem why the run does not count; null if it does
 */
record Measurement(
        String backend,
        int connections,
        long messages,
        long elapsedNanos,
        long cpuNanos,
        long bytesLost,
        @Nullable String problem) {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /**
     * Serves {@code connections} on {@code loop} for {@code duration}, a quarter of it more before that to warm up, and
     * closes the loop. Every step takes at most {@code limit}; one that takes longer is the problem.
     *
     * @param loop not running yet
     */
    static Measurement take(EventLoop loop, int connections, Duration duration, Duration limit, LongConsumer progress) {
        String backend = loop.backend();
        EchoServer server;
        try {
            server = EchoServer.start(loop, 0);
        } catch (IOException | RuntimeException e) {
            loop.close();
            return failed(backend, e);
        }
        Thread thread = loop.start();
        Measurement result;
        try (LoadDriver driver = new LoadDriver(server.address(), progress)) {
            result = drive(backend, thread, driver, connections, duration, limit);
        } catch (IOException | RuntimeException e) {
            result = failed(backend, e);
        }
        Exception refusal = server.refusal();
        if (result.problem != null && refusal != null) {
            result = result.with("the server: " + refusal.getMessage());
        }
        if (!thread.isAlive()) {
            result = result.with("the loop ended early, the log says why");
        }
        return closeWithin(limit, server, loop) ? result : result.with("the loop did not end in time");
    }

    private static Measurement drive(
            String backend, Thread thread, LoadDriver driver, int connections, Duration duration, Duration limit)
            throws IOException {
        driver.connect(connections, limit);
        int connected = driver.connections();
        long messages = 0;
        long elapsedNanos = 0;
        long cpuNanos = 0;
        if (connected == connections) {
            driver.drive(duration.dividedBy(4), limit);
            long messagesBefore = driver.messages();
            long cpuBefore = cpuNanos(thread);
            long start = System.nanoTime();
            driver.drive(duration, limit);
            elapsedNanos = System.nanoTime() - start;
            cpuNanos = cpuNanos(thread) - cpuBefore;
            messages = driver.messages() - messagesBefore;
        }
        driver.finish(limit);
        Measurement result = new Measurement(
                backend, connected, messages, elapsedNanos, cpuNanos, driver.bytesLost(), driver.problem());
        return connected == connections ? result : result.with("opened " + connected + " of " + connections);
    }

    @SuppressWarnings("deprecation") // its successor is not in Java 17, on which the demo runs too
    private static long cpuNanos(Thread thread) {
        return THREADS.isThreadCpuTimeSupported() ? THREADS.getThreadCpuTime(thread.getId()) : -1;
    }

    /** Returns that nothing could be done on {@code backend}. */
    static Measurement failed(String backend, Exception e) {
        return new Measurement(backend, 0, 0, 0, 0, 0, String.valueOf(e.getMessage()));
    }

    private Measurement with(String another) {
        String all = problem == null ? another : problem + "; " + another;
        return new Measurement(backend, connections, messages, elapsedNanos, cpuNanos, bytesLost, all);
    }

    /** On a thread of its own, because a backend that never returns from its wait would keep the caller forever. */
    static boolean closeWithin(Duration limit, EchoServer server, EventLoop loop) {
        Thread closer = new Thread(
                () -> {
                    server.close();
                    loop.close();
                },
                "closing " + loop.backend());
        closer.setDaemon(true);
        closer.start();
        try {
            closer.join(limit.toMillis());
            return !closer.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Returns whether the run was as it should be: every connection opened, every byte returned. */
    boolean isClean() {
        return problem == null && bytesLost == 0;
    }

    double messagesPerSecond() {
        return elapsedNanos == 0 ? 0 : messages * 1e9 / elapsedNanos;
    }

    /** Returns what the server's loop thread computed per message; NaN if that is not known. */
    double cpuMicrosPerMessage() {
        return messages == 0 || cpuNanos <= 0 ? Double.NaN : cpuNanos / 1e3 / messages;
    }
}
