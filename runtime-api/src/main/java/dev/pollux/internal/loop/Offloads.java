package dev.pollux.internal.loop;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Blocking work that runs elsewhere and comes back to the loop.
 *
 * <p><b>Thread:</b> any.
 */
final class Offloads {

    /** Brings a result to the loop thread, or fails the future that is owed if the loop has ended. */
    @FunctionalInterface
    interface WayBack {

        void later(CompletableFuture<?> owed, Runnable work);
    }

    private final LoopInfo loop;
    private final @Nullable Executor given;
    private final WayBack wayBack;
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger threads = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ExecutorService own;
    private boolean closed;

    Offloads(LoopInfo loop, @Nullable Executor given, WayBack wayBack) {
        this.loop = loop;
        this.given = given;
        this.wayBack = wayBack;
    }

    /** Counts work that is about to be handed over, so that a shutdown waits for it. {@link #withdrawn} takes it back. */
    void announced() {
        pending.incrementAndGet();
    }

    void withdrawn() {
        pending.decrementAndGet();
    }

    /** Runs work that was announced. */
    <V> CompletableFuture<V> run(Callable<? extends V> work, CompletableFuture<V> result) {
        try {
            executor().execute(() -> {
                try {
                    V value = work.call();
                    back(result, () -> result.complete(value));
                } catch (Throwable e) {
                    back(result, () -> result.completeExceptionally(e));
                }
            });
        } catch (RuntimeException | Error refused) {
            withdrawn();
            result.completeExceptionally(refused);
            throw refused;
        }
        return result;
    }

    private void back(CompletableFuture<?> result, Runnable completion) {
        wayBack.later(result, () -> {
            withdrawn();
            completion.run();
        });
    }

    private Executor executor() {
        if (given != null) {
            return given;
        }
        lock.lock();
        try {
            if (closed) {
                throw new RejectedExecutionException(loop.name + " is closed");
            }
            ExecutorService executor = own;
            if (executor == null) {
                executor = Executors.newCachedThreadPool(this::newThread);
                own = executor;
            }
            return executor;
        } finally {
            lock.unlock();
        }
    }

    private Thread newThread(Runnable work) {
        Thread thread = new Thread(work, loop.name + "-offload-" + threads.getAndIncrement());
        thread.setDaemon(true);
        return thread;
    }

    /** Counts what has not come back yet. */
    int pending() {
        return pending.get();
    }

    void close() {
        @Nullable ExecutorService unused;
        lock.lock();
        try {
            closed = true;
            unused = own;
        } finally {
            lock.unlock();
        }
        if (unused != null) {
            unused.shutdownNow();
        }
    }
}
