package dev.pollux.internal.executor;

import dev.pollux.Selectors;
import dev.pollux.internal.selector.ScriptedProvider;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** An executor of a loop with a scripted selector and a clock that stands still until {@link #now} is changed. */
@Timeout(60)
abstract class ExecutorTests {

    static final long WATCHDOG_SECONDS = 30;

    final List<String> log = Collections.synchronizedList(new ArrayList<>());
    long now;
    EventLoop loop;
    ScheduledExecutorService executor;

    @BeforeEach
    void openLoop() throws IOException {
        loop = EventLoop.builder()
                .selector(Selectors.open(ScriptedProvider.withEverything()))
                .clock(() -> now)
                .failureHandler(failure -> log.add("failure " + failure.error().getMessage()))
                .open();
        executor = loop.executor();
    }

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    static <T> T soon(Future<T> future) throws Exception {
        return future.get(WATCHDOG_SECONDS, TimeUnit.SECONDS);
    }

    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(WATCHDOG_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the latch was not counted down");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    @SuppressWarnings(
            "ThreadPriorityCheck") // On a single processor, another thread needs it to make the condition true.
    static void until(BooleanSupplier condition) throws TimeoutException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS)) {
                throw new TimeoutException("the condition has not become true");
            }
            Thread.yield();
        }
    }

    /** Runs one turn without a wait. */
    void turn() throws IOException {
        loop.runOnce(Duration.ZERO);
    }

    /** Runs turns until one has nothing to run. */
    void turns() throws IOException {
        boolean more = true;
        while (more) {
            more = loop.runOnce(Duration.ZERO);
        }
    }

    /** Has the loop thread stay in a task of the loop until {@code go}; returns once it is there. */
    void block(CountDownLatch go) {
        CountDownLatch blocked = new CountDownLatch(1);
        loop.execute(() -> {
            blocked.countDown();
            await(go);
        });
        await(blocked);
    }
}
