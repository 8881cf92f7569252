package dev.pollux.loop;

import dev.pollux.internal.selector.ScriptedProvider;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** What tests of loops on threads of their own have in common: waits that fail instead of hanging. */
public final class LoopThreads {

    public static final long WATCHDOG_SECONDS = 30;

    private LoopThreads() {}

    public static void await(CountDownLatch latch) {
        try {
            if (!latch.await(WATCHDOG_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no one has counted down");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // On a single processor, whoever makes it true needs that to get on.
    public static void until(BooleanSupplier condition) throws TimeoutException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS)) {
                throw new TimeoutException("it has not come true");
            }
            Thread.yield();
        }
    }

    /** Starts the loop and returns once it sleeps. */
    public static Thread startAsleep(EventLoop loop, ScriptedProvider provider) throws Exception {
        Thread thread = loop.start();
        CountDownLatch turns = new CountDownLatch(1);
        loop.execute(turns::countDown);
        await(turns);
        untilAsleep(provider);
        return thread;
    }

    /** Returns once the loop is in a wait that is not to end by itself soon. */
    public static void untilAsleep(ScriptedProvider provider) throws TimeoutException {
        until(() -> provider.current().sleepsNanos() >= TimeUnit.MINUTES.toNanos(1));
    }

    /** Has the loop thread stay in a task until {@code go}; returns once it is there. */
    public static void block(EventLoop loop, CountDownLatch go) {
        CountDownLatch blocked = new CountDownLatch(1);
        loop.execute(() -> {
            blocked.countDown();
            await(go);
        });
        await(blocked);
    }
}
