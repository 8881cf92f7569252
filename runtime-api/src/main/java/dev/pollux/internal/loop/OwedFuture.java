package dev.pollux.internal.loop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** A future that the loop thread completes, and must not wait for. */
public class OwedFuture<T> extends CompletableFuture<T> {

    private final String loop;
    private final BooleanSupplier inLoop;

    /** Makes a future of the loop of that name. */
    protected OwedFuture(String loop, BooleanSupplier inLoop) {
        this.loop = loop;
        this.inLoop = inLoop;
    }

    /** What depends on it waits for the same thread. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new OwedFuture<>(loop, inLoop);
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
        if (!isDone() && inLoop.getAsBoolean()) {
            throw new IllegalStateException(loop + " would wait on its own thread for a future that it is to"
                    + " complete; let a later task use the result");
        }
    }
}
