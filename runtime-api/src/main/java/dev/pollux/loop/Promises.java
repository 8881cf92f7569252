package dev.pollux.loop;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** The futures that a loop has handed out and not completed: when it ends, nobody waits for them in vain. */
final class Promises {

    private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();

    <T> CompletableFuture<T> make() {
        CompletableFuture<T> promise = new CompletableFuture<>();
        open.add(promise);
        promise.whenComplete((value, error) -> open.remove(promise));
        return promise;
    }

    void breakAll(Throwable reason) {
        open.forEach(promise -> promise.completeExceptionally(reason));
    }
}
