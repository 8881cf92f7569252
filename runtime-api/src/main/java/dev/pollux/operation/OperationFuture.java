package dev.pollux.operation;

import dev.pollux.internal.loop.LoopCore;
import dev.pollux.internal.loop.OwedFuture;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A future that only its operation completes. */
final class OperationFuture<T> extends OwedFuture<T> {

    /** What an operation that has not failed has come to. */
    @FunctionalInterface
    interface Outcome<T> {
        @Nullable
        T of(Operation operation) throws IOException;
    }

    private final LoopCore core;
    private final Operation operation;
    private final Outcome<T> outcome;
    private volatile boolean ending;

    OperationFuture(Operations operations, Outcome<T> outcome) {
        super(operations.all.core.name(), operations.all.core::inLoop);
        this.core = operations.all.core;
        this.outcome = outcome;
        this.operation = operations.operation(this::completed);
    }

    void begin(Consumer<Operation> begin) {
        if (core.inLoop()) {
            beginHere(begin);
        } else if (!core.work().post(() -> beginHere(begin))) {
            super.completeExceptionally(new RejectedExecutionException(core.name() + " has ended"));
        }
    }

    private void beginHere(Consumer<Operation> begin) {
        if (ending) {
            super.completeExceptionally(new CancellationException("cancelled before it began"));
            return;
        }
        try {
            begin.accept(operation);
        } catch (Throwable e) {
            super.completeExceptionally(e);
        }
    }

    private void completed(Operation done) {
        Throwable failure = done.failure();
        if (failure != null) {
            super.completeExceptionally(failure);
            return;
        }
        try {
            super.complete(outcome.of(done));
        } catch (IOException e) {
            super.completeExceptionally(e);
        }
    }

    private void askToEnd() {
        ending = true;
        if (core.inLoop()) {
            operation.cancel();
        } else {
            core.work().post(operation::cancel); // a loop that has ended has ended it too
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (!isDone()) {
            askToEnd();
        }
        return isCancelled();
    }

    @Override
    public boolean completeExceptionally(Throwable reason) {
        if (!isDone()) {
            askToEnd();
        }
        return false;
    }

    @Override
    public boolean complete(T value) {
        if (!isDone()) {
            askToEnd();
        }
        return false;
    }

    @Override
    public void obtrudeValue(T value) {
        throw new UnsupportedOperationException("only the operation completes it");
    }

    @Override
    public void obtrudeException(Throwable reason) {
        throw new UnsupportedOperationException("only the operation completes it");
    }
}
