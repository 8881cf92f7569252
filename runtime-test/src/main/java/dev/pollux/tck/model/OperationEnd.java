package dev.pollux.tck.model;

import dev.pollux.loop.EventLoop;
import dev.pollux.operation.Completion;
import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import dev.pollux.tck.source.Endpoint;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a pair, its operations and what is known of them.
 *
 * <p><b>Thread:</b> one at a time.
 */
final class OperationEnd {

    /** As many bytes have room in every pipe and socket, however they are cut into pieces. */
    static final int SURELY_FITS = 4_096;

    /** An operation object, and what it does now. */
    static final class Worker {

        final Operation operation;

        @Nullable
        OperationTask task;

        Worker(OperationEnd end, BiConsumer<OperationEnd, Worker> then) {
            Completion completion = any -> then.accept(end, this);
            this.operation = end.operations.operation(completion);
        }
    }

    final Endpoint endpoint;
    final Operations operations;

    /** What flows to it; null if nothing does. */
    final @Nullable ByteFlow in;

    final @Nullable ByteFlow out;
    final List<OperationTask> tasks = new ArrayList<>();
    final List<Worker> workers = new ArrayList<>();
    final Deque<Worker> idle = new ArrayDeque<>();
    boolean closing;
    boolean closed;

    OperationEnd(EventLoop loop, Endpoint endpoint, @Nullable ByteFlow in, @Nullable ByteFlow out) throws IOException {
        this.endpoint = endpoint;
        this.operations = Operations.on(loop, endpoint.operand());
        this.in = in;
        this.out = out;
    }

    /** Returns one that does nothing: one that has done something before, if there is one. */
    Worker idleWorker(BiConsumer<OperationEnd, Worker> then) {
        Worker present = idle.poll();
        if (present != null) {
            return present;
        }
        Worker made = new Worker(this, then);
        workers.add(made);
        return made;
    }

    ByteFlow flow(boolean takes) {
        return Objects.requireNonNull(takes ? in : out);
    }

    OperationEnd peer(List<OperationEnd> ends) {
        return ends.get(ends.indexOf(this) ^ 1);
    }

    /** It is closed with bytes unread, or is sent some after that: the kernel may answer with a reset. */
    void resetPossible() {
        if (out != null) {
            out.cut = true;
        }
    }
}
