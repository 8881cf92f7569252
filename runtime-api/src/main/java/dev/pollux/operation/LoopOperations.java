package dev.pollux.operation;

import dev.pollux.internal.loop.LateWork;
import dev.pollux.internal.loop.LoopAccess;
import dev.pollux.internal.loop.LoopCore;
import dev.pollux.internal.selector.KeyedSelector;
import dev.pollux.loop.EventLoop;
import dev.pollux.spi.Submission;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a loop: which completions are still to be called, and which sources are to be watched for something else.
 * Both are done before the loop waits, so that an operation that follows on another one changes nothing in the kernel.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class LoopOperations implements LateWork {

    /** How many completions a turn calls at most, so that operations which complete at once cannot keep sources waiting. */
    private static final int COMPLETIONS_PER_TURN = 4_096;

    final LoopCore core;
    final Submission submission = new Submission();

    private final @Nullable KeyedSelector selector;
    private final ArrayDeque<Operation> late = new ArrayDeque<>();
    private final ArrayDeque<Operations> unsettled = new ArrayDeque<>();
    /** What waits for a buffer, the first one first; some have ended meanwhile. */
    private final ArrayDeque<Operation> withoutBuffer = new ArrayDeque<>();

    private final Set<Operations> open = Collections.newSetFromMap(new IdentityHashMap<>());

    /** The buffers that operations in flight use, each with its operation. */
    private final IdentityHashMap<ByteBuffer, Operation> inUse = new IdentityHashMap<>();

    final Loans loans;

    private boolean ending;
    private volatile boolean ended;

    /** For what another thread has done too late for the loop: it must not come back while the end is under way. */
    private final CompletableFuture<Void> afterEnd = new CompletableFuture<>();

    private LoopOperations(LoopCore core) {
        this.core = core;
        this.selector = core.selector();
        this.loans = new Loans(selector);
        core.alsoEnd(this::end);
    }

    static LoopOperations of(EventLoop loop) {
        LoopCore core = LoopAccess.core(loop);
        return (LoopOperations) core.lateWork(() -> new LoopOperations(core));
    }

    /** Returns the selector if its kernel does operations, else null. */
    @Nullable
    KeyedSelector kernel() {
        return selector != null && !ended && selector.isOpen() && selector.doesOperations() ? selector : null;
    }

    /** Returns whether nothing is to be begun any more. */
    boolean isEnding() {
        return ending || ended;
    }

    boolean isEnded() {
        return ended;
    }

    /** Runs {@code action} once every operation has ended that could be: then, or now if that is over. Any thread. */
    void onceEnded(Runnable action) {
        afterEnd.thenRun(action);
    }

    void opened(Operations operations) {
        open.add(operations);
    }

    void closed(Operations operations) {
        open.remove(operations);
    }

    /** Notes that {@code operation} uses {@code buffer}. */
    void use(ByteBuffer buffer, Operation operation) {
        Operation user = inUse.putIfAbsent(buffer, operation);
        if (user != null) {
            throw new IllegalStateException(
                    buffer + " is in use by " + user + "; wait for that one, or use a duplicate() if both only send");
        }
    }

    void release(ByteBuffer buffer) {
        inUse.remove(buffer);
    }

    void callLate(Operation operation) {
        late.add(operation);
    }

    void settleLate(Operations operations) {
        unsettled.add(operations);
    }

    /** Notes an operation that found every buffer lent. */
    void awaitBuffer(Operation operation) {
        if (!operation.isListed) {
            operation.isListed = true;
            withoutBuffer.add(operation);
        }
    }

    @Override
    public boolean isPending() {
        return !late.isEmpty() || !unsettled.isEmpty() || (!withoutBuffer.isEmpty() && availableBuffers() > 0);
    }

    private int availableBuffers() {
        return selector == null ? Integer.MAX_VALUE : selector.availableBuffers();
    }

    @Override
    public void run() {
        for (int i = 0; i < COMPLETIONS_PER_TURN; i++) {
            Operation operation = late.poll();
            if (operation == null) {
                break;
            }
            operation.callNow();
        }
        beginWithBuffers();
        // To settle may fail operations, whose completions come with the next turn.
        for (Operations each = unsettled.poll(); each != null; each = unsettled.poll()) {
            each.settle();
        }
    }

    /** Begins as many as can find a buffer: each further one would be begun in vain. */
    private void beginWithBuffers() {
        if (withoutBuffer.isEmpty()) {
            return;
        }
        for (int left = availableBuffers(); left > 0 && !withoutBuffer.isEmpty(); ) {
            Operation operation = withoutBuffer.remove();
            operation.isListed = false;
            if (operation.state == AbstractOperation.State.WITHOUT_BUFFER) {
                operation.attempt();
                left--;
            }
        }
    }

    /** What the kernel has done by now comes with its outcome; nothing follows on it. */
    @Override
    public void ending() {
        ending = true;
        // Also where the backend does no operations: the one before it may have done some that are not reported yet.
        if (selector == null || ended || !selector.isOpen()) {
            return;
        }
        for (Operations each : List.copyOf(open)) {
            each.endInKernel(new AsynchronousCloseException());
        }
        try {
            selector.endRequests();
        } catch (IOException | RuntimeException e) {
            core.failed(null, e);
        }
    }

    /** The selector is closed, so the kernel is done with every buffer. */
    private void end() {
        ended = true;
        for (Operation operation = late.poll(); operation != null; operation = late.poll()) {
            operation.callNow();
        }
        for (Operations each : List.copyOf(open)) {
            each.endAll(new AsynchronousCloseException());
        }
        unsettled.clear();
        withoutBuffer.clear();
        open.clear();
        afterEnd.complete(null);
    }
}
