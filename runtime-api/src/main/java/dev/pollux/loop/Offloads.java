package dev.pollux.loop;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Blocking work that runs elsewhere and comes back to the loop. */
final class Offloads {

    private final LoopCore loop;
    private final @Nullable Executor given;
    private final AtomicInteger pending = new AtomicInteger();
    private @Nullable ExecutorService own;

    Offloads(LoopCore loop, @Nullable Executor given) {
        this.loop = loop;
        this.given = given;
    }

    <V> CompletableFuture<V> run(Callable<? extends V> work, CompletableFuture<V> promise) {
        pending.incrementAndGet();
        try {
            executor().execute(() -> {
                try {
                    V value = work.call();
                    back(promise, () -> promise.complete(value));
                } catch (Throwable e) {
                    back(promise, () -> promise.completeExceptionally(e));
                }
            });
        } catch (RuntimeException | Error refused) {
            pending.decrementAndGet();
            promise.completeExceptionally(refused);
            throw refused;
        }
        return promise;
    }

    private void back(CompletableFuture<?> promise, Runnable completion) {
        loop.later(promise, () -> {
            pending.decrementAndGet();
            completion.run();
        });
    }

    private synchronized Executor executor() {
        if (given != null) {
            return given;
        }
        if (loop.isEnding()) {
            throw new RejectedExecutionException(loop.name + " is closed");
        }
        ExecutorService executor = own;
        if (executor == null) {
            executor = Executors.newCachedThreadPool(new ThreadFactoryBuilder()
                    .setNameFormat(loop.name + "-offload-%d")
                    .setDaemon(true)
                    .build());
            own = executor;
        }
        return executor;
    }

    /** Counts what has not come back yet. */
    int pending() {
        return pending.get();
    }

    synchronized void close() {
        if (own != null) {
            own.shutdownNow();
        }
    }
}
