package dev.pollux.internal.loop;

import dev.pollux.internal.selector.Confinement;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** An action of another thread, which waits for what it returns or throws on the loop thread. */
final class CrossThreadCall<T> implements Runnable {

    private final Confinement.Action<T> action;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    CrossThreadCall(Confinement.Action<T> action) {
        this.action = action;
    }

    @Override
    public void run() {
        try {
            result.complete(action.run());
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }

    boolean isDone() {
        return result.isDone();
    }

    /** Waits until it was run, and returns or throws what it did. */
    T result() throws IOException {
        try {
            return result.join();
        } catch (CompletionException e) {
            throw Thrown.again(Objects.requireNonNull(e.getCause()));
        }
    }
}
