package dev.pollux.frameworks.engine;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another thread or process does. */
public final class Await {

    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(20);

    private Await() {}

    /** Returns once {@code condition} holds, and fails with {@code what} if that takes too long. */
    public static void until(String what, Callable<Boolean> condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.call()) {
            if (System.nanoTime() - start > LONGEST.toNanos()) {
                fail("not after " + LONGEST.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(BETWEEN_LOOKS);
            if (Thread.interrupted()) {
                throw new InterruptedException(what);
            }
        }
    }
}
