package dev.pollux.operation;

import dev.pollux.internal.selector.KeyedSelector;
import dev.pollux.spi.KernelSource;
import dev.pollux.spi.Submission;
import dev.pollux.spi.Timeouts;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Something to be done to a source: by the kernel, if the loop's backend is one that does operations, else by the loop when the
 * source is ready, or, for a file, on another thread. The outcome is the same.
 *
 * <p>One object does one operation after the other, and allocates nothing for each. From the call that begins an operation to
 * its completion, the buffer is not the caller's: do not read, change or reuse it. Buffers are direct.
 *
 * <p>Operations of one source that take something in are done in the order they began, and so are those that give something
 * out. Those of a file, which say where, are done all at once.
 *
 * <p><b>Thread:</b> any, as {@link dev.pollux.loop.Registration}; the outcome is for the thread of the completion.
 */
public final class Operation {

    enum State {
        /** Not begun, or its last completion is being called or was. */
        IDLE,
        /** Another one of its direction comes first. */
        QUEUED,
        /** Waits until the source is ready. */
        WAITING,
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

    private static final long NO_LIMIT = Long.MAX_VALUE;

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
    private int result;
    private @Nullable Throwable failure;
    private @Nullable Closeable accepted;
    private @Nullable ByteBuffer lent;
    private boolean goesOn;

    private @Nullable Object attachment;
    private long limitNanos = NO_LIMIT;
    private @Nullable TimeLimit timeLimit;

    Operation(Operations operations, Completion then) {
        this.operations = operations;
        this.then = then;
    }

    // Beginning.

    /**
     * Receives into the remaining room of {@code into} what comes first, and moves its position on. The result is the number of
     * bytes, or −1 at the end of the input.
     *
     * @throws IllegalArgumentException if the buffer is on the heap, read-only or has no room
     * @throws IllegalStateException if this operation or the buffer is in use, or the source is closed
     * @throws UnsupportedOperationException if nothing can be received from the source
     */
    public void receive(ByteBuffer into) {
        checkWritable(into);
        begin(Kind.RECEIVE, into, 0);
    }

    /**
     * Receives again and again, each time into a buffer that is lent for the completion: see {@link #lent}. Goes on until the
     * end of the input, where the result is −1, a failure or {@link #cancel}.
     *
     * <p>What is not handled in time stays in the kernel, which slows the sender down.
     *
     * @throws IllegalStateException as {@link #receive}
     * @throws UnsupportedOperationException as {@link #receive}
     */
    public void receiveEach() {
        begin(Kind.RECEIVE_EACH, null, 0);
    }

    /**
     * Sends all the remaining bytes of {@code from}, and moves its position on. The result is their number. After a failure the
     * position says how many were taken by the kernel.
     *
     * <p>What is {@link #lent} may be sent too: it belongs to this operation from then on, and need not be copied.
     *
     * @throws IllegalArgumentException if the buffer is on the heap
     * @throws IllegalStateException as {@link #receive}
     * @throws UnsupportedOperationException if nothing can be sent to the source
     */
    public void send(ByteBuffer from) {
        checkDirect(from);
        begin(Kind.SEND, from, 0);
    }

    /**
     * Accepts a connection, which {@link #accepted} returns; non-blocking, and the caller's to close.
     *
     * @throws IllegalStateException as {@link #receive}
     * @throws UnsupportedOperationException if the source is no listener
     */
    public void accept() {
        begin(Kind.ACCEPT, null, 0);
    }

    /**
     * Accepts connections one after the other, until a failure or {@link #cancel}. If descriptors run out, it fails; begin it
     * again some time later.
     *
     * @throws IllegalStateException as {@link #receive}
     * @throws UnsupportedOperationException as {@link #accept}
     */
    public void acceptEach() {
        begin(Kind.ACCEPT_EACH, null, 0);
    }

    /**
     * Waits for the outcome of a connect that has begun. The result is 0.
     *
     * @throws IllegalStateException as {@link #receive}
     * @throws UnsupportedOperationException if the source is not one that connects
     */
    public void connect() {
        begin(Kind.CONNECT, null, 0);
    }

    /**
     * Reads from a file what is at {@code offset}, as much as there is and has room in {@code into}, and moves the position of
     * that on. The result is the number of bytes, or −1 at or after the end of the file.
     *
     * @throws IllegalArgumentException if {@code offset} is negative, or the buffer on the heap, read-only or without room
     * @throws IllegalStateException as {@link #receive}
     * @throws UnsupportedOperationException if the source is no file
     */
    public void read(ByteBuffer into, long offset) {
        checkWritable(into);
        checkOffset(offset);
        begin(Kind.READ, into, offset);
    }

    /**
     * Writes all the remaining bytes of {@code from} to a file from {@code offset} on, and moves the position on. The result is
     * their number. What is {@link #lent} may be written too, as by {@link #send}.
     *
     * @throws IllegalArgumentException if {@code offset} is negative, or the buffer on the heap
     * @throws IllegalStateException as {@link #receive}
     * @throws UnsupportedOperationException if the source is no file
     */
    public void write(ByteBuffer from, long offset) {
        checkDirect(from);
        checkOffset(offset);
        begin(Kind.WRITE, from, offset);
    }

    /**
     * Brings what was written to the file by operations that have completed to the disk. The result is 0.
     *
     * @param metaData whether also what is not needed to read the data again, such as times (fsync(2), else fdatasync(2))
     * @throws IllegalStateException as {@link #receive}
     * @throws UnsupportedOperationException if the source is no file
     */
    public void sync(boolean metaData) {
        begin(metaData ? Kind.SYNC : Kind.SYNC_DATA, null, 0);
    }

    /**
     * Limits the time of the operations that begin from now on: one that is not done by then fails with
     * {@link SocketTimeoutException}. For one that stays, each part begins a new time.
     *
     * @param limit from the beginning on, never shorter; {@code Duration.ofSeconds(Long.MAX_VALUE)} for no
     *     limit, which is how it begins
     * @return this
     * @throws IllegalArgumentException if {@code limit} is not positive
     */
    public Operation within(Duration limit) {
        checkLimit(limit);
        limitNanos = Timeouts.nanos(limit);
        return this;
    }

    static void checkLimit(Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("limit " + limit + " is not positive");
        }
    }

    private static void checkDirect(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException(
                    buffer + " is on the heap, where the kernel cannot reach it; use ByteBuffer.allocateDirect");
        }
    }

    private static void checkWritable(ByteBuffer buffer) {
        checkDirect(buffer);
        if (buffer.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        if (!buffer.hasRemaining()) {
            throw new IllegalArgumentException(buffer + " has no room; clear or compact it");
        }
    }

    private static void checkOffset(long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset " + offset + " is negative; files begin at 0");
        }
    }

    private void begin(Kind wanted, @Nullable ByteBuffer with, long at) {
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
        operations.begins(this);
    }

    private void use(Kind wanted, @Nullable ByteBuffer with) {
        if (with == null) {
            buffer = null;
            return;
        }
        if (!operations.all.loans.isBorrowed(with)) {
            operations.all.use(with, this);
            buffer = with;
        } else if (wanted.takes) {
            throw new IllegalStateException(
                    with + " is lent until this completion returns, and can be sent or written only;"
                            + " receive into a buffer of your own");
        } else {
            operations.all.loans.takeOver(this);
        }
        begun = with.position();
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
        if (isInFlight()) {
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
        } else if (kind.isOfFile()) {
            doElsewhere();
        } else if (kind == Kind.SEND) {
            send(Call.LATE);
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
            attempt = new KernelAttempt(this);
            inKernel = attempt;
        }
        try {
            attempt.submit(kernel, asked, source);
        } catch (IOException | RuntimeException refused) {
            fail(refused, Call.LATE);
        }
    }

    void awaitReadiness() {
        state = State.WAITING;
        operations.unsettle();
    }

    /** Does what can be done now that the source is ready. */
    void ready() {
        try {
            switch (kind) {
                case RECEIVE -> {
                    int count =
                            Objects.requireNonNull(operations.source.readable).read(buffer);
                    if (count != 0) {
                        finish(count, Call.INSIDE);
                    }
                }
                case RECEIVE_EACH -> receivePart();
                case ACCEPT -> {
                    Closeable connection = operations.source.accept();
                    if (connection != null) {
                        accepted = connection;
                        finish(0, Call.INSIDE);
                    }
                }
                case ACCEPT_EACH -> acceptParts();
                case CONNECT -> {
                    if (operations.source.finishConnect()) {
                        finish(0, Call.INSIDE);
                    }
                }
                case SEND -> send(Call.INSIDE);
                default -> throw new AssertionError(kind);
            }
        } catch (IOException | RuntimeException e) {
            fail(e, Call.INSIDE);
        }
    }

    private void receivePart() throws IOException {
        ByteBuffer into = operations.all.loans.own();
        int count = Objects.requireNonNull(operations.source.readable).read(into);
        if (count > 0) {
            part(count, into.flip(), Call.INSIDE);
        } else if (count < 0) {
            finish(-1, Call.INSIDE);
        }
    }

    private void acceptParts() throws IOException {
        for (int i = 0; i < Operations.ACCEPTS_PER_TURN && state == State.WAITING; i++) {
            Closeable connection = operations.source.accept();
            if (connection == null) {
                return;
            }
            accepted = connection;
            part(0, null, Call.INSIDE);
        }
    }

    private void send(Call how) {
        ByteBuffer from = Objects.requireNonNull(buffer);
        try {
            if (from.hasRemaining()) {
                Objects.requireNonNull(operations.source.writable).write(from);
            }
        } catch (IOException | RuntimeException e) {
            fail(e, how);
            return;
        }
        if (from.hasRemaining()) {
            awaitReadiness();
        } else {
            finish(moved(), how);
        }
    }

    private void doElsewhere() {
        state = State.ON_OTHER_THREAD;
        try {
            FileWork.begin(operations.all.core, this);
        } catch (RuntimeException refused) {
            fail(refused, Call.LATE);
        }
    }

    /** Takes what the kernel has done. */
    void progressed(int count, @Nullable ByteBuffer with, boolean more) {
        switch (kind) {
            case RECEIVE -> {
                moveOn(count);
                finish(count == 0 ? -1 : count, Call.GUARDED);
            }
            case READ -> {
                moveOn(count);
                if (count > 0
                        && endReason == null
                        && Objects.requireNonNull(buffer).hasRemaining()) {
                    // Only a count of 0 says that there is no more.
                    attempt();
                } else {
                    finish(moved() == 0 ? -1 : moved(), Call.GUARDED);
                }
            }
            case SEND, WRITE -> {
                moveOn(count);
                goOn(count);
            }
            case RECEIVE_EACH -> {
                if (with == null) {
                    finish(-1, Call.GUARDED);
                } else {
                    part(count, with, Call.GUARDED);
                    againUnless(more);
                }
            }
            case ACCEPT, ACCEPT_EACH -> acceptedByKernel(count, more);
            default -> finish(0, Call.GUARDED);
        }
    }

    private void goOn(int count) {
        if (!Objects.requireNonNull(buffer).hasRemaining()) {
            finish(moved(), Call.GUARDED);
        } else if (endReason != null) {
            fail(endReason, Call.GUARDED);
        } else if (count == 0) {
            fail(new IOException(this + " makes no progress: the kernel takes none of the bytes"), Call.GUARDED);
        } else {
            attempt();
        }
    }

    private void acceptedByKernel(int fd, boolean more) {
        try {
            accepted = operations.source.accepted(fd);
        } catch (IOException e) {
            // The peer has gone by now: the next one.
            againUnless(more);
            return;
        }
        if (kind == Kind.ACCEPT) {
            finish(0, Call.GUARDED);
        } else {
            part(0, null, Call.GUARDED);
            againUnless(more);
        }
    }

    /** Begins anew what was to stay and does not. */
    private void againUnless(boolean more) {
        if (more) {
            return;
        }
        if (endReason != null) {
            fail(endReason, Call.GUARDED);
        } else {
            attempt();
        }
    }

    private void moveOn(int count) {
        ByteBuffer moving = Objects.requireNonNull(buffer);
        moving.position(moving.position() + count);
    }

    /** Returns how many bytes were done. */
    int moved() {
        return buffer == null ? 0 : buffer.position() - begun;
    }

    // Ending. Loop thread.

    private void part(int count, @Nullable ByteBuffer with, Call how) {
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
            operations.all.loans.giveBack(this);
        } else if (buffer != null) {
            operations.all.release(buffer);
        }
        // Before the next one is attempted, which may be done at once: completions of a direction come in order.
        boolean late = how == Call.LATE || operations.isLate(this);
        if (late) {
            call(Call.LATE);
        }
        operations.ended(this);
        if (!late) {
            call(how);
        }
    }

    private void call(Call how) {
        switch (how) {
            case LATE -> operations.callLate(this);
            case GUARDED -> callGuarded();
            case INSIDE -> callInside();
        }
    }

    /** Calls the completion that was to be called late. */
    void callNow() {
        operations.callingLate(this);
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
            then.completed(this);
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
            case QUEUED, WAITING -> fail(reason, Call.LATE);
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

    /**
     * Asks to end the operation. Its completion comes all the same, and until then the buffer is not the caller's: with what
     * was done if it was done by then, else {@link #result} throws {@link CancellationException}. Bytes that were sent or
     * written before that have moved the buffer's position. What another thread does to a file is not stopped in the middle.
     *
     * @return whether it was not done yet
     */
    public boolean cancel() {
        if (operations.all.core.inLoop()) {
            return end(new CancellationException(this + " was cancelled"));
        }
        boolean[] ended = new boolean[1];
        operations.onLoop(() -> ended[0] = end(new CancellationException(this + " was cancelled")));
        return ended[0];
    }

    // The outcome.

    /**
     * Returns what the operation has come to: the number of bytes, −1 at the end of an input or a file, or 0.
     *
     * @throws CancellationException if it was cancelled
     * @throws SocketTimeoutException if its time was over
     * @throws java.nio.channels.AsynchronousCloseException if the source or the loop was closed
     * @throws IOException if it failed otherwise
     * @throws IllegalStateException if it is in flight, or was never begun
     */
    public int result() throws IOException {
        if (kind == Kind.NONE || (state != State.IDLE && !goesOn)) {
            throw new IllegalStateException(this + " has no result yet");
        }
        Throwable thrown = failure;
        if (thrown == null) {
            return result;
        }
        if (thrown instanceof IOException io) {
            throw io;
        }
        if (thrown instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        throw (Error) thrown;
    }

    /** Returns what it failed with, or null. */
    public @Nullable Throwable failure() {
        return failure;
    }

    /** Returns, within the completion of an operation that stays, whether another one will come. */
    public boolean goesOn() {
        return goesOn;
    }

    /**
     * Returns what was received by {@link #receiveEach}, from its position to its limit. It may be read and changed until the
     * completion returns or another operation sends or writes it, and is not the caller's after that: copy what is to be kept.
     *
     * @throws IllegalStateException outside of such a completion, or once another operation has it
     */
    public ByteBuffer lent() {
        ByteBuffer present = lent;
        if (present == null) {
            throw new IllegalStateException(this + " lends no buffer now; it does in the completions of receiveEach");
        }
        if (operations.all.loans.isTakenOver()) {
            throw new IllegalStateException(
                    "what " + this + " had lent belongs to an operation that sends or writes it");
        }
        return present;
    }

    /**
     * Returns the connection that was accepted: a {@link java.nio.channels.SocketChannel}, or what the listener's own accept
     * returns.
     *
     * @throws IllegalStateException if none was
     */
    public Closeable accepted() {
        Closeable present = accepted;
        if (present == null) {
            throw new IllegalStateException(this + " has accepted no connection");
        }
        return present;
    }

    /** Returns whether it was begun and its last completion has not been called. */
    public boolean isInFlight() {
        return state != State.IDLE;
    }

    /** Returns the buffer of the last operation; null if it had none, or one that was lent and has gone back. */
    public @Nullable ByteBuffer buffer() {
        return buffer;
    }

    /** Returns the operations it belongs to. */
    public Operations operations() {
        return operations;
    }

    /** Returns what was attached last, or null. */
    public @Nullable Object attachment() {
        return attachment;
    }

    /** Attaches {@code attachment}, which the loop never reads. */
    public void attach(@Nullable Object attachment) {
        this.attachment = attachment;
    }

    @Override
    public String toString() {
        return "Operation[" + kind + ", " + operations.source + ", " + state + "]";
    }
}
