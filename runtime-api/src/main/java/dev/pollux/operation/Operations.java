package dev.pollux.operation;

import dev.pollux.Events;
import dev.pollux.SelectorKey;
import dev.pollux.internal.loop.LoopAccess;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Registration;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operations of one source on a loop. Whether a kernel does them or the loop does on readiness is a matter of the backend,
 * and may change while they are in flight.
 *
 * <p>A source is any of: a {@link java.nio.channels.SelectableChannel} in non-blocking mode; a stream of runtime-native; a
 * {@link java.nio.channels.FileChannel}; what implements {@link java.nio.channels.ReadableByteChannel} or
 * {@link java.nio.channels.WritableByteChannel} and {@link dev.pollux.HasFd}; what implements
 * {@link dev.pollux.spi.PositionalFile}. One that operations are done to is not registered for readiness as well.
 *
 * <p>Close the source by {@link #close}, never by itself while something is in flight: a kernel knows it by its number, which
 * another file may get at once, and keeps it open for its peer until the operation has ended.
 *
 * <p><b>Thread:</b> any, as {@link Registration}.
 */
public final class Operations implements Closeable {

    static final int ACCEPTS_PER_TURN = 64;

    /** So many bytes cost more to copy than a system call. */
    private static final int WORTH_A_CALL = 8 * 1024;

    private static final Logger log = LoggerFactory.getLogger(Operations.class);

    final LoopOperations all;
    final Source source;

    private final EventLoop loop;
    private final Direction in;
    private final Direction out;
    private @Nullable Registration registration;

    /** What it is registered for; −1 if that is to be said anew. */
    private int watched = Events.NONE;

    private boolean unsettled;
    private boolean closing;
    private boolean closed;
    private @Nullable Runnable whenClosed;

    /** How many were begun and their last completion has not returned. */
    private int inFlight;

    private Operations(EventLoop loop, LoopOperations all, Source source) {
        this.loop = loop;
        this.all = all;
        this.source = source;
        this.in = new Direction(source.file == null);
        this.out = source.file == null ? new Direction(true) : in;
    }

    /**
     * Returns the operations of {@code source}, which has none in flight.
     *
     * @throws dev.pollux.UnsupportedSourceException if nothing can be done to it, or the loop's backend cannot watch it
     * @throws dev.pollux.AlreadyRegisteredException if it is in use on this loop
     * @throws IllegalStateException as {@link EventLoop#register}
     * @throws IOException and others as {@link EventLoop#register}
     */
    public static Operations on(EventLoop loop, Object source) throws IOException {
        Objects.requireNonNull(source, "source");
        Source of = Source.of(source);
        return LoopAccess.core(loop).confinement().call(() -> {
            Operations operations = new Operations(loop, LoopOperations.of(loop), of);
            operations.checkLoop();
            if (of.file == null) {
                operations.registration =
                        loop.register(source, Events.NONE, (registered, ready) -> operations.onReady(ready));
            }
            operations.all.opened(operations);
            return operations;
        });
    }

    /** Returns a new operation, which does one after the other and calls {@code then} for each. */
    public Operation operation(Completion then) {
        return new Operation(this, Objects.requireNonNull(then, "then"));
    }

    /**
     * Sends what the source takes at once, and moves the position of {@code from} on, if nothing is being sent. Takes nothing
     * where a kernel does operations and less than 8 KiB remain: there a system call would cost more than a copy for
     * {@link Operation#send}. What is {@link Operation#lent} need not be copied for that, so it gains nothing here.
     *
     * <p><b>Thread:</b> the loop's.
     *
     * @param from where it is on the heap, nothing is taken but for Java channels
     * @return how many bytes were taken, often less than all and sometimes none
     * @throws IllegalStateException if the operations are closed, or on another thread
     * @throws UnsupportedOperationException if nothing can be sent to the source
     * @throws IOException if the source fails
     */
    public int sendNow(ByteBuffer from) throws IOException {
        if (!all.core.inLoop()) {
            throw new IllegalStateException("sendNow on another thread than " + all.core.name() + "; use an operation");
        }
        checkOpen();
        source.check(Kind.SEND);
        boolean isReachable = from.isDirect() || source.object instanceof SelectableChannel;
        boolean isForKernel = from.remaining() < WORTH_A_CALL && source.kernel != null && all.kernel() != null;
        if (!isReachable || isForKernel || out.first() != null) {
            return 0;
        }
        return Objects.requireNonNull(source.writable).write(from);
    }

    /** Returns operations whose outcomes come as futures, for straight-line code on virtual threads. */
    public OperationFutures futures() {
        return new OperationFutures(this);
    }

    /** Returns the source. */
    public Object source() {
        return source.object;
    }

    /** Returns the loop. */
    public EventLoop loop() {
        return loop;
    }

    /** Returns whether {@link #close} has not been called, nor the loop ended. */
    public boolean isOpen() {
        return !closing && !all.isEnded();
    }

    /** Returns the key that the source is registered under; null for a file, which is not. */
    public @Nullable SelectorKey key() {
        return registration == null ? null : registration.key();
    }

    void onLoop(Runnable action) {
        all.core.confinement().callUnchecked(() -> {
            action.run();
            return this;
        });
    }

    void checkOpen() {
        checkLoop();
        if (closing) {
            throw new IllegalStateException("the operations of " + source + " are closed; nothing can begin any more");
        }
    }

    private void checkLoop() {
        if (all.isEnded() || all.core.isEnding()) {
            throw new RejectedExecutionException(all.core.name() + " has ended and does nothing to " + source);
        }
    }

    private Direction direction(Operation operation) {
        return operation.kind.takes ? in : out;
    }

    /** Notes that one begins, and attempts it unless another one comes first. */
    void begins(Operation operation) {
        inFlight++;
        Direction direction = direction(operation);
        direction.add(operation);
        if (direction.inOrder) {
            attemptFirst(direction);
        } else {
            operation.attempt();
        }
    }

    /** Notes that one is done or has failed, and attempts the next one. */
    void ended(Operation operation) {
        Direction direction = direction(operation);
        direction.remove(operation);
        unsettle();
        if (direction.inOrder) {
            attemptFirst(direction);
        }
    }

    /** Returns whether its completion must be called late, because another one that comes before it is. */
    boolean isLate(Operation operation) {
        Direction direction = direction(operation);
        return direction.inOrder && direction.late > 0;
    }

    /** Has its completion called late. */
    void callLate(Operation operation) {
        direction(operation).late++;
        all.callLate(operation);
    }

    /** Notes that a completion is no longer to be called late, but now. */
    void callingLate(Operation operation) {
        direction(operation).late--;
    }

    /**
     * Attempts the first of a direction, and the next one if that is done at once: one after the other rather than one inside
     * the other, since there may be any number. Nothing follows on what a close has ended.
     */
    private void attemptFirst(Direction direction) {
        if (direction.attempting) {
            return;
        }
        direction.attempting = true;
        try {
            Operation first = direction.first();
            while (first != null && first.state == AbstractOperation.State.QUEUED && !closing && !all.isEnding()) {
                first.attempt();
                first = direction.first();
            }
        } finally {
            direction.attempting = false;
        }
    }

    /** Notes that the last completion of one has returned. */
    void called() {
        inFlight--;
        if (all.isEnded()) {
            closeIfDue();
        } else if (closing) {
            unsettle();
        }
    }

    /** Has it settled later if there is something to settle: whatever changes that comes here too. */
    void unsettle() {
        if (!unsettled && (closing || wanted() != watched) && !all.isEnded()) {
            unsettled = true;
            all.settleLate(this);
        }
    }

    /** Has the source watched for what is waited for, and closes it if that is due. */
    void settle() {
        unsettled = false;
        Registration registered = registration;
        if (closed || registered == null) {
            closeIfDue();
            return;
        }
        int wanted = wanted();
        if (wanted != watched) {
            try {
                registered.modify(wanted);
                watched = wanted;
            } catch (IOException | RuntimeException refused) {
                watched = -1;
                failWaiting(refused, AbstractOperation.Call.LATE);
            }
        }
        closeIfDue();
    }

    private int wanted() {
        return (isWaiting(in) ? Events.READ : 0) | (isWaiting(out) ? Events.WRITE : 0);
    }

    private static boolean isWaiting(Direction direction) {
        Operation first = direction.first();
        return first != null && first.state == AbstractOperation.State.WAITING;
    }

    private void onReady(int ready) {
        if ((ready & Events.READ) != 0 && isWaiting(in)) {
            ReadyAttempt.ready(Objects.requireNonNull(in.first()));
        }
        if ((ready & Events.WRITE) != 0 && isWaiting(out)) {
            ReadyAttempt.ready(Objects.requireNonNull(out.first()));
        }
        if ((ready & Events.INVALID) != 0) {
            // It is not watched any more, so what still waits would wait for ever.
            watched = -1;
            failWaiting(new ClosedChannelException(), AbstractOperation.Call.INSIDE);
        }
        unsettle();
    }

    private void failWaiting(Exception reason, AbstractOperation.Call how) {
        for (Direction direction : List.of(in, out)) {
            if (isWaiting(direction)) {
                Objects.requireNonNull(direction.first()).fail(reason, how);
            }
        }
    }

    /**
     * Ends every operation in flight, and then closes the source if it can be closed. Operations complete as after
     * {@link Operation#cancel}, but with {@link AsynchronousCloseException}. Does not wait for that. Does nothing the second
     * time. At the end of the loop, sources that were not closed are left open, as registered ones are.
     */
    @Override
    public void close() {
        close(() -> {});
    }

    /**
     * As {@link #close()}, and runs {@code then} on the loop thread once the source is closed; at once if it is. At the end of
     * the loop, the thread that ends it runs it.
     */
    public void close(Runnable then) {
        all.core.confinement().callUnchecked(() -> {
            if (closed) {
                then.run();
                return this;
            }
            Runnable before = whenClosed;
            whenClosed = before == null
                    ? then
                    : () -> {
                        before.run();
                        then.run();
                    };
            if (!closing) {
                closing = true;
                inFlight().forEach(operation -> operation.end(new AsynchronousCloseException()));
                unsettle();
                if (all.isEnded()) {
                    closeIfDue();
                }
            }
            return this;
        });
    }

    private List<Operation> inFlight() {
        List<Operation> present = new ArrayList<>();
        for (Operation each = in.first(); each != null; each = each.next) {
            present.add(each);
        }
        for (Operation each = out == in ? null : out.first(); each != null; each = each.next) {
            present.add(each);
        }
        return present;
    }

    /** The loop is about to end: has the kernel end what it does. */
    void endInKernel(Throwable reason) {
        for (Operation operation : inFlight()) {
            if (operation.state == AbstractOperation.State.IN_KERNEL) {
                operation.end(reason);
            }
        }
    }

    /** The loop has ended. */
    void endAll(Throwable reason) {
        inFlight().forEach(operation -> operation.endWithLoop(reason));
        if (closing) {
            closeSource();
        }
    }

    private void closeIfDue() {
        if (closing && !closed && inFlight == 0) {
            closeSource();
        }
    }

    private void closeSource() {
        closed = true;
        all.closed(this);
        if (registration != null) {
            registration.cancel();
        }
        try {
            source.close();
        } catch (IOException | RuntimeException e) {
            log.debug("{} was closed with an error", source, e);
        }
        Runnable then = whenClosed;
        whenClosed = null;
        if (then != null) {
            all.core.runCallback(then, key());
        }
    }

    @Override
    public String toString() {
        return "Operations[" + source + ", " + inFlight + " in flight" + (closing ? ", closed" : "") + "]";
    }
}
