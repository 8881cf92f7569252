package dev.pollux.internal.loop;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The futures that a loop has handed out and not completed: when it ends, no one waits for them in vain.
 *
 * <p><b>Thread:</b> any.
 */
final class LoopFutures {

    private final LoopInfo loop;
    private final Mailbox mailbox;
    private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Throwable reason;

    LoopFutures(LoopInfo loop, Mailbox mailbox) {
        this.loop = loop;
        this.mailbox = mailbox;
    }

    <T> CompletableFuture<T> make() {
        return kept(owed());
    }

    /** Returns a future that ends with the wait for it: an interrupt of the thread that waits cancels it. */
    <T> CompletableFuture<T> makeForOneWait() {
        return kept(new OneWait<>());
    }

    /** Returns a future that the end of the loop itself completes. */
    <T> CompletableFuture<T> makeForTheEnd() {
        return owed();
    }

    private <T> CompletableFuture<T> owed() {
        return new OwedFuture<>(loop.name, mailbox::inLoop);
    }

    private <T> CompletableFuture<T> kept(CompletableFuture<T> future) {
        open.add(future);
        future.whenComplete((value, error) -> open.remove(future));
        // Asked after the addition: the end either finds it or has set this.
        Throwable ended = reason;
        if (ended != null) {
            future.completeExceptionally(ended);
        }
        return future;
    }

    /** Fails every future that is not complete, and those that are still to be made. */
    void failAll(Throwable reason) {
        this.reason = reason;
        open.forEach(future -> future.completeExceptionally(reason));
    }

    private final class OneWait<T> extends OwedFuture<T> {

        OneWait() {
            super(loop.name, mailbox::inLoop);
        }

        @Override
        public T get() throws InterruptedException, ExecutionException {
            try {
                return super.get();
            } catch (InterruptedException e) {
                cancel(false);
                throw e;
            }
        }

        @Override
        public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
            try {
                return super.get(timeout, unit);
            } catch (InterruptedException e) {
                cancel(false);
                throw e;
            }
        }
    }
}
