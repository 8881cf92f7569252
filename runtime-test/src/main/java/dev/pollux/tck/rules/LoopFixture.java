package dev.pollux.tck.rules;

import static org.junit.jupiter.api.Assertions.fail;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopFailure;
import dev.pollux.tck.probe.CountingProvider;
import dev.pollux.tck.source.TestSources;
import dev.pollux.tck.source.TestedBackend;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** What one test of the loop works with: a loop on the subject's backend, sources for it, and its clock. */
public final class LoopFixture {

    static final int TASK_BUDGET = 64;

    /** As short as thousands of turns with nothing to do may be. */
    private static final Duration A_MOMENT = Duration.ofNanos(100_000);

    final TestedBackend subject;
    final CountingProvider calls;
    final TestSources sources;
    final EventLoop loop;
    final Queue<LoopFailure> failures = new ConcurrentLinkedQueue<>();

    /** Where the loop's clock stands still, so that delays given one after the other begin at once; 0 lets it run. */
    private volatile long frozenNanos;

    /** Opens a loop on {@code subject}. */
    public LoopFixture(TestedBackend subject) throws IOException {
        this.subject = subject;
        this.calls = new CountingProvider(subject.provider());
        this.sources = subject.newSources();
        this.loop = EventLoop.builder()
                .selector(subject.open(calls))
                .taskBudget(TASK_BUDGET)
                .failureLimit(5)
                .clock(subject.clock(this::nanoTime))
                .failureHandler(failures::add)
                .open();
    }

    private long nanoTime() {
        long frozen = frozenNanos;
        return frozen == 0 ? System.nanoTime() : frozen;
    }

    /** Lets the loop's clock stand still at {@code nanos}. */
    void freeze(long nanos) {
        frozenNanos = nanos;
    }

    /** Lets the loop's clock run. */
    void unfreeze() {
        frozenNanos = 0;
    }

    /** Returns what is tested. */
    public TestedBackend subject() {
        return subject;
    }

    long patienceNanos() {
        return subject.patience().toNanos();
    }

    /** Returns the result of {@code future}, which must come soon. */
    <T> T soon(CompletableFuture<T> future) throws InterruptedException, ExecutionException {
        try {
            return future.get(patienceNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return fail("nothing after " + subject.patience(), e);
        }
    }

    void await(BooleanSupplier condition, String what) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            failWhenLate(start, what);
            Thread.onSpinWait();
        }
    }

    /** Turns the loop on this thread until {@code condition} holds. */
    void turnUntil(BooleanSupplier condition, String what) throws IOException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            failWhenLate(start, what);
            loop.runOnce(A_MOMENT);
        }
    }

    private void failWhenLate(long start, String what) {
        if (System.nanoTime() - start > patienceNanos()) {
            fail("not after " + subject.patience() + ": " + what);
        }
    }

    /** Returns once the loop's thread waits in the kernel. */
    void awaitAsleep(long sleepsBefore) {
        await(() -> calls.sleeps() > sleepsBefore, "the loop sleeps");
    }

    void startAsleep() {
        long sleeps = calls.sleeps();
        loop.start();
        awaitAsleep(sleeps);
    }

    /** Closes loop and sources. On a thread of its own: a loop that does not wake up must not keep the run from ending. */
    public void close() throws InterruptedException, ExecutionException {
        FutureTask<Void> closing = new FutureTask<>(loop::close, null);
        Thread closer = new Thread(closing, "closes-the-loop");
        closer.setDaemon(true);
        closer.start();
        try {
            closing.get(patienceNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            fail("the loop does not end when it is closed", e);
        } finally {
            sources.close();
        }
    }
}
