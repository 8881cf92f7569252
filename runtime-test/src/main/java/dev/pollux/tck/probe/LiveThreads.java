package dev.pollux.tck.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The threads that keep this process alive at some moment. Daemons are left out, which the JVM and the pools of the JDK
 * begin when they like, and so is the one with which JUnit keeps to time limits.
 *
 * @param threads those that were alive
 */
public record LiveThreads(Set<Thread> threads) {

    /** More than a thread takes to end that nothing keeps. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    public static LiveThreads now() {
        return new LiveThreads(Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.isDaemon() && !thread.getName().startsWith("junit-"))
                .collect(Collectors.toSet()));
    }

    /** Returns the names of those that are alive now and were not then. */
    public List<String> others() {
        return now().threads().stream()
                .filter(thread -> !threads.contains(thread))
                .map(Thread::getName)
                .sorted()
                .toList();
    }

    /** Checks that none is alive that was not then; one that is about to end may take its time. */
    public void assertOthersEnd() {
        long start = System.nanoTime();
        List<String> others = others();
        while (!others.isEmpty() && System.nanoTime() - start < PATIENCE_NANOS) {
            Thread.onSpinWait();
            others = others();
        }
        assertEquals(List.of(), others, "threads that have not ended");
    }
}
