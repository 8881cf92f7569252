package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What an echo server did while its loop went from backend to backend.
 *
 * @param swaps those made under load
 * @param messages those that came back unchanged meanwhile
 * @param bytesEchoed the bytes of these
 * @param bytesLost over the whole run
 * @param longestPauseNanos the longest time from asking for a swap until it was done, the rest of the turn in which it was
 *     asked for included
 * @param descriptorsBefore what was open before the first of the swaps, with all connections and on the first backend
 * @param descriptorsAfter what was open after the last, as before
 * @param problem why the run does not count; null if it does
 */
record SwapRun(
        long swaps,
        long messages,
        long bytesEchoed,
        long bytesLost,
        long longestPauseNanos,
        Descriptors descriptorsBefore,
        Descriptors descriptorsAfter,
        @Nullable String problem) {

    private static final Descriptors UNKNOWN = new Descriptors(Map.of());
    private static final Duration WARM_UP = Duration.ofMillis(200);

    /**
     * Serves {@code connections} on {@code loop} for {@code duration}, while it swaps to the next of {@code round} every
     * {@code period}, and closes the loop. Every step takes at most {@code limit}; one that takes longer is the problem.
     *
     * @param loop on one of {@code round}, not running yet
     */
    static SwapRun take(
            EventLoop loop,
            List<String> round,
            Duration period,
            int connections,
            Duration duration,
            Duration limit,
            LongConsumer progress) {
        EchoServer server;
        try {
            server = EchoServer.start(loop, 0);
        } catch (IOException | RuntimeException e) {
            loop.close();
            return failed(e);
        }
        Thread thread = loop.start();
        SwapRun result;
        try (LoadDriver driver = new LoadDriver(server.address(), progress)) {
            result = drive(loop, driver, round, period, connections, duration, limit);
        } catch (IOException | RuntimeException e) {
            result = failed(e);
        }
        Exception refusal = server.refusal();
        if (refusal != null) {
            result = result.with("the server: " + refusal.getMessage());
        }
        if (!thread.isAlive()) {
            result = result.with("the loop ended early, the log says why");
        }
        return Measurement.closeWithin(limit, server, loop) ? result : result.with("the loop did not end in time");
    }

    private static SwapRun drive(
            EventLoop loop,
            LoadDriver driver,
            List<String> round,
            Duration period,
            int connections,
            Duration duration,
            Duration limit)
            throws IOException {
        String home = loop.backend();
        driver.connect(connections, limit);
        if (driver.connections() < connections) {
            return failed(
                    new IOException("opened " + driver.connections() + " of " + connections + ": " + driver.problem()));
        }
        // Once round before anything counts: the first use of a backend may open what stays open.
        for (String name : round) {
            swap(loop, name, limit);
        }
        swap(loop, home, limit);
        driver.drive(WARM_UP, limit);
        long swapsBefore = loop.metrics().selector().swaps();
        long messagesBefore = driver.messages();
        long bytesBefore = driver.bytesReturned();
        Descriptors descriptorsBefore = Descriptors.open();
        Swapping swapping = new Swapping(loop, round, period);
        driver.drive(duration, limit);
        swapping.stop(limit);
        swap(loop, home, limit);
        Descriptors descriptorsAfter = Descriptors.open();
        long swaps = loop.metrics().selector().swaps() - swapsBefore;
        driver.finish(limit);
        SwapRun result = new SwapRun(
                swaps,
                driver.messages() - messagesBefore,
                driver.bytesReturned() - bytesBefore,
                driver.bytesLost(),
                swapping.longestNanos(),
                descriptorsBefore,
                descriptorsAfter,
                driver.problem());
        Throwable refusal = swapping.refusal();
        return refusal == null ? result : result.with("a swap failed: " + refusal);
    }

    private static void swap(EventLoop loop, String backend, Duration limit) {
        loop.swap(backend).orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    private static SwapRun failed(Exception e) {
        return new SwapRun(0, 0, 0, 0, 0, UNKNOWN, UNKNOWN, e.toString());
    }

    private SwapRun with(String another) {
        String all = problem == null ? another : problem + "; " + another;
        return new SwapRun(
                swaps, messages, bytesEchoed, bytesLost, longestPauseNanos, descriptorsBefore, descriptorsAfter, all);
    }

    /** Returns whether the run was as it should be: every byte returned, every descriptor accounted for. */
    boolean isClean() {
        return problem == null && bytesLost == 0 && swaps > 0 && descriptorsBefore.equals(descriptorsAfter);
    }
}
