package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.TimerHandle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets a loop go from backend to backend by a timer of its own, until stopped.
 *
 * <p><b>Thread:</b> any; what is asked after {@link #stop} is exact.
 */
final class Swapping {

    private final EventLoop loop;
    private final List<String> round;
    private final TimerHandle timer;

    // The loop thread's.
    private int next;
    private boolean underWay;

    private volatile long longestNanos;
    private volatile @Nullable Throwable refusal;

    /** Begins to swap {@code loop} to the next of {@code round} every {@code period}. */
    Swapping(EventLoop loop, List<String> round, Duration period) {
        this.loop = loop;
        this.round = round;
        this.timer = loop.scheduleAtFixedRate(period, period, this::swap);
    }

    private void swap() {
        if (underWay) {
            return;
        }
        String to = round.get(next++ % round.size());
        if (to.equals(loop.backend())) {
            to = round.get(next++ % round.size());
        }
        underWay = true;
        long asked = System.nanoTime();
        loop.swap(to).whenComplete((nothing, error) -> {
            underWay = false;
            longestNanos = Math.max(longestNanos, System.nanoTime() - asked);
            if (error != null && refusal == null) {
                refusal = error;
            }
        });
    }

    /** Ends it. When this returns, no swap is under way. */
    void stop(Duration limit) {
        // On the loop thread, where no swap can be asked for between this and the answer.
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        loop.execute(() -> {
            timer.cancel();
            loop.swap(loop.backend()).whenComplete((nothing, error) -> stopped.complete(null));
        });
        stopped.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    /** Returns the longest time from asking for a swap until it was done. */
    long longestNanos() {
        return longestNanos;
    }

    /** Returns why a swap failed, the first time; null if none did. */
    @Nullable
    Throwable refusal() {
        return refusal;
    }
}
