package dev.pollux.tck.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.pollux.operation.Completion;
import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One operation object, what was begun with it and what came of that. Whatever no completion may do is noted for the
 * fixture, which fails the test in the end.
 */
final class Flight implements Completion {

    final Operation operation;

    private final OperationFixture in;
    private final List<Object> outcomes = new CopyOnWriteArrayList<>();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private volatile Completion then = completed -> {};

    /** The thread that is inside the call that begins something, or null. */
    private final ThreadLocal<Boolean> beginning = ThreadLocal.withInitial(() -> false);

    Flight(OperationFixture in, Operations of) {
        this.in = in;
        this.operation = of.operation(this);
    }

    /** Calls {@code more} within each completion. */
    Flight then(Completion more) {
        then = more;
        return this;
    }

    /** Begins what {@code how} says. */
    Flight begin(Consumer<Operation> how) {
        begun.incrementAndGet();
        boolean outer = beginning.get();
        beginning.set(true);
        try {
            how.accept(operation);
        } catch (RuntimeException | Error refused) {
            begun.decrementAndGet();
            throw refused;
        } finally {
            beginning.set(outer);
        }
        return this;
    }

    @Override
    public void completed(Operation completed) throws IOException {
        if (beginning.get()) {
            in.violated(this + " completes inside the call that began it");
        }
        beginning.set(false);
        if (completed != operation) {
            in.violated(this + " completes as " + completed);
        }
        if (!in.loop().inLoop() && in.loop().isOpen()) {
            in.violated(this + " completes on " + Thread.currentThread());
        }
        boolean last = !completed.goesOn();
        if (completed.isInFlight() == last) {
            in.violated(this + (last ? " is still in flight" : " is in flight no more, but goes on"));
        }
        Object outcome;
        try {
            outcome = completed.result();
        } catch (IOException | RuntimeException failed) {
            outcome = failed;
        }
        outcomes.add(outcome);
        if (last && ended.incrementAndGet() > begun.get()) {
            in.violated(this + " completes more often than it was begun");
        }
        then.completed(completed);
    }

    /** Returns whether everything that was begun has completed. */
    boolean isOver() {
        return ended.get() == begun.get();
    }

    /** Returns the results, failures among them, of each completion so far. */
    List<Object> outcomes() {
        return List.copyOf(outcomes);
    }

    /** Returns the only outcome. */
    Object outcome() {
        assertEquals(1, outcomes.size(), () -> "completions of " + this);
        return outcomes.get(0);
    }

    /** Returns what the only completion failed with. */
    <T extends Throwable> T failure(Class<T> type) {
        return assertInstanceOf(type, outcome(), this::toString);
    }

    @Override
    public String toString() {
        return operation + " -> " + outcomes + ", begun " + begun + ", over " + ended;
    }
}
