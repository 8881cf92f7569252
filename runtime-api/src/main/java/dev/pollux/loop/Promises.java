package dev.pollux.loop;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The futures that a loop has handed out and not completed: when it ends, nobody waits for them in vain. */
final class Promises {

    private final LoopCore loop;
    private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();

    Promises(LoopCore loop) {
        this.loop = loop;
    }

    <T> CompletableFuture<T> make() {
        CompletableFuture<T> promise = new Promise<>(loop);
        open.add(promise);
        promise.whenComplete((value, error) -> open.remove(promise));
        return promise;
    }

    void breakAll(Throwable reason) {
        open.forEach(promise -> promise.completeExceptionally(reason));
    }

    /** A future that the loop thread completes, and must not wait for. */
    private static final class Promise<T> extends CompletableFuture<T> {

        private final LoopCore loop;

        Promise(LoopCore loop) {
            this.loop = loop;
        }

        /** What depends on it waits for the same thread. */
        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new Promise<>(loop);
        }

        @Override
        public T get() throws InterruptedException, ExecutionException {
            checkMayWait();
            return super.get();
        }

        @Override
        public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
            checkMayWait();
            return super.get(timeout, unit);
        }

        @Override
        public T join() {
            checkMayWait();
            return super.join();
        }

        private void checkMayWait() {
            if (!isDone()) {
                loop.checkMayWaitFor("a future");
            }
        }
    }
}
