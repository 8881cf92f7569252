package dev.pollux.operation;

import dev.pollux.internal.selector.KeyedSelector;
import dev.pollux.spi.KernelSource;
import dev.pollux.spi.Submission;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What every operation goes through, from the call that begins it to its completion. What is asked of it and what came of it is in
 * {@link Operation}; it is done by a {@link KernelAttempt}, a {@link ReadyAttempt} or {@link FileWork}.
 *
 * <p>The same object as the operation, because every further one costs a loop with many connections.
 */
abstract sealed class AbstractOperation permits Operation {

    enum State {
        /** Not begun, or its last completion is being called or was. */
        IDLE,
        /** Another one of its direction comes first. */
        QUEUED,
        /** Waits until the source is ready. */
        WAITING,
        /** Waits until a buffer that was lent is given back. */
        WITHOUT_BUFFER,
        IN_KERNEL,
        ON_OTHER_THREAD,
        /** Its completion is about to be called. */
        DONE
    }

    /** How a completion is to be called. */
    enum Call {
        /** Before the loop waits, because the method that began it has not returned yet. */
        LATE,
        /** Now, as a callback of its own. */
        GUARDED,
        /** Now, within the callback of the registration. */
        INSIDE
    }

    static final long NO_LIMIT = Long.MAX_VALUE;

    final Operations operations;
    private final Completion then;
    private final Runnable call = this::callInside;
    private @Nullable KernelAttempt inKernel;

    // Its place in its direction.
    @Nullable
    Operation previous;

    @Nullable
    Operation next;

    State state = State.IDLE;
    Kind kind = Kind.NONE;

    @Nullable
    ByteBuffer buffer;

    /** What the buffer is given back for, or {@link Loans#NONE} if it is the caller's. */
    long loan = Loans.NONE;

    /** Where the position of the buffer was. */
    private int begun;

    long offset;

    /** Why it is to end before it is done, or null. */
    @Nullable
    Throwable endReason;

    // The outcome.
    int result;

    @Nullable
    Throwable failure;

    @Nullable
    Closeable accepted;

    @Nullable
    ByteBuffer lent;

    boolean goesOn;

    /** Whether it stands among those that wait for a buffer; perhaps it did when it was begun before. */
    boolean isListed;

    long limitNanos = NO_LIMIT;
    private @Nullable TimeLimit timeLimit;

    AbstractOperation(Operations operations, Completion then) {
        this.operations = operations;
        this.then = then;
    }

    private Operation self() {
        return (Operation) this;
    }

    // Beginning.

    final void begin(Kind wanted, @Nullable ByteBuffer with, long at) {
        if (operations.all.core.inLoop()) {
            start(wanted, with, at);
        } else {
            operations.onLoop(() -> start(wanted, with, at));
        }
    }

    private void start(Kind wanted, @Nullable ByteBuffer with, long at) {
        if (state != State.IDLE) {
            throw new IllegalStateException(this + " is in flight; wait for its completion, or use another object");
        }
        operations.checkOpen();
        operations.source.check(wanted);
        use(wanted, with);
        kind = wanted;
        offset = at;
        endReason = null;
        failure = null;
        accepted = null;
        goesOn = false;
        state = State.QUEUED;
        if (limitNanos != NO_LIMIT) {
            limitTime();
        }
        operations.begins(self());
    }

    private void use(Kind wanted, @Nullable ByteBuffer with) {
        if (with == null) {
            buffer = null;
            return;
        }
        if (!operations.all.loans.isBorrowed(with)) {
            operations.all.use(with, self());
            buffer = with;
        } else if (wanted.takes) {
            throw new IllegalStateException(
                    with + " is lent until this completion returns, and can be sent or written only;"
                            + " receive into a buffer of your own");
        } else {
            operations.all.loans.takeOver(self());
        }
        begun = Objects.requireNonNull(buffer).position();
    }

    private void limitTime() {
        TimeLimit limit = timeLimit;
        if (limit == null) {
            limit = new TimeLimit(operations.all.core, this::timeIsUp);
            timeLimit = limit;
        }
        limit.begin(limitNanos);
    }

    private void timeIsUp() {
        if (state != State.IDLE) {
            end(new SocketTimeoutException(this + " was not done within " + Duration.ofNanos(limitNanos)));
        }
    }

    // Doing. Loop thread.

    /** Begins to do it, or to do the rest of it. */
    void attempt() {
        KernelSource source = operations.source.kernel;
        KeyedSelector kernel = source == null ? null : operations.all.kernel();
        Submission.Kind asked = source == null || kernel == null ? null : kind.forKernel(source.isSocket());
        if (source != null && kernel != null && asked != null) {
            submit(kernel, asked, source);
        } else {
            attemptByLoop();
        }
    }

    private void attemptByLoop() {
        if (kind.isOfFile()) {
            doElsewhere();
        } else if (kind == Kind.SEND) {
            ReadyAttempt.send(self(), Call.LATE);
        } else {
            awaitReadiness();
        }
    }

    private void submit(KeyedSelector kernel, Submission.Kind asked, KernelSource source) {
        if (kind == Kind.SEND && !Objects.requireNonNull(buffer).hasRemaining()) {
            finish(moved(), Call.LATE);
            return;
        }
        state = State.IN_KERNEL;
        KernelAttempt attempt = inKernel;
        if (attempt == null) {
            attempt = new KernelAttempt(self());
            inKernel = attempt;
        }
        try {
            attempt.submit(kernel, asked, source);
        } catch (UnsupportedOperationException notByThisKernel) {
            attemptByLoop();
        } catch (IOException | RuntimeException | OutOfMemoryError refused) {
            fail(refused, Call.LATE);
        }
    }

    void awaitReadiness() {
        state = State.WAITING;
        operations.unsettle();
    }

    void awaitBuffer() {
        state = State.WITHOUT_BUFFER;
        operations.all.awaitBuffer(self());
    }

    private void doElsewhere() {
        state = State.ON_OTHER_THREAD;
        try {
            FileWork.begin(operations.all.core, self());
        } catch (RuntimeException refused) {
            fail(refused, Call.LATE);
        }
    }

    /** Returns how many bytes were done. */
    int moved() {
        return buffer == null ? 0 : buffer.position() - begun;
    }

    // Ending. Loop thread.

    void part(int count, @Nullable ByteBuffer with, Call how) {
        result = count;
        lent = with;
        operations.all.loans.begin(with);
        goesOn = true;
        if (limitNanos != NO_LIMIT) {
            limitTime();
        }
        try {
            call(how);
        } finally {
            lent = null;
            operations.all.loans.end();
            accepted = null;
            goesOn = false;
        }
    }

    void finish(int count, Call how) {
        result = count;
        over(how);
    }

    void fail(Throwable reason, Call how) {
        if (reason instanceof SocketTimeoutException late) {
            // Not when the time was over: the kernel may have moved some until it has noticed.
            late.bytesTransferred = moved();
        }
        failure = reason;
        over(how);
    }

    private void over(Call how) {
        state = State.DONE;
        if (operations.all.isEnded()) {
            call(Call.INSIDE); // the rest of what belongs to the loop is gone, and this may be another thread
            return;
        }
        if (timeLimit != null) {
            timeLimit.end();
        }
        if (loan != Loans.NONE) {
            operations.all.loans.giveBack(self());
        } else if (buffer != null) {
            operations.all.release(buffer);
        }
        // Before the next one is attempted, which may be done at once: completions of a direction come in order.
        boolean late = how == Call.LATE || operations.isLate(self());
        if (late) {
            call(Call.LATE);
        }
        operations.ended(self());
        if (!late) {
            call(how);
        }
    }

    private void call(Call how) {
        switch (how) {
            case LATE -> operations.callLate(self());
            case GUARDED -> callGuarded();
            case INSIDE -> callInside();
        }
    }

    /** Calls the completion that was to be called late. */
    void callNow() {
        operations.callingLate(self());
        callGuarded();
    }

    private void callGuarded() {
        operations.all.core.runCallback(call, null);
    }

    private void callInside() {
        boolean last = state == State.DONE;
        if (last) {
            state = State.IDLE;
        }
        try {
            then.completed(self());
        } catch (Throwable e) {
            operations.all.core.failed(operations.key(), e);
        } finally {
            if (last) {
                operations.called();
            }
        }
    }

    /** Ends it before it is done, for {@code reason}. Returns false if it is not in flight. */
    boolean end(Throwable reason) {
        switch (state) {
            case IDLE, DONE -> {
                return false;
            }
            case QUEUED, WAITING, WITHOUT_BUFFER -> fail(reason, Call.LATE);
            case IN_KERNEL -> {
                if (endReason == null) {
                    endReason = reason;
                    KeyedSelector kernel = operations.all.kernel();
                    if (kernel != null) {
                        kernel.cancel(Objects.requireNonNull(inKernel));
                    }
                }
            }
            case ON_OTHER_THREAD -> {
                if (endReason == null) {
                    endReason = reason;
                }
            }
        }
        return true;
    }

    /** Ends it with the loop: the kernel is done with it, and nothing else will be. */
    void endWithLoop(Throwable reason) {
        if (state == State.IN_KERNEL) {
            fail(reason, Call.LATE);
        } else {
            end(reason);
        }
    }
}
