package dev.pollux.tck.model;

import dev.pollux.loop.EventLoop;
import dev.pollux.operation.Operation;
import dev.pollux.tck.model.OperationEnd.Worker;
import dev.pollux.tck.model.OperationTask.PoisonedBuffer;
import dev.pollux.tck.probe.CountingProvider;
import dev.pollux.tck.source.TestSource;
import dev.pollux.tck.source.TestSources;
import dev.pollux.tck.source.TestedBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One history of operations, under way: a loop that is turned by hand and whose clock stands still between steps, pairs of
 * sources, and for each direction the bytes that were sent.
 *
 * <p><b>Thread:</b> one at a time.
 */
public final class OperationRun {

    /** Two connections and a pipe, of which the ends are 0 and 1, 2 and 3, 4 and 5. */
    static final int ENDS = 6;

    static final int MOST_BYTES = 300_000;

    private static final Duration NO_LIMIT = Duration.ofSeconds(Long.MAX_VALUE);
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int BUSY_TURNS = 100;

    private final TestedBackend subject;
    private final CountingProvider provider;
    private final EventLoop loop;
    private final ByteBuffer memory;
    private final List<OperationEnd> ends = new ArrayList<>();
    private final List<OperationTask> inFlight = new ArrayList<>();
    private final List<Runnable> retired = new ArrayList<>();
    private final List<AssertionError> violations = new ArrayList<>();
    private long nowNanos = NANOS_PER_MILLI;
    private int begun;

    /** Whether completions may come: not inside of a call that begins or ends something. */
    private boolean turning;

    private boolean closed;

    /**
     * Begins a history on fresh sources of {@code sources}.
     *
     * @param memory what buffers are parts of
     */
    OperationRun(TestedBackend subject, TestSources sources, ByteBuffer memory) throws IOException {
        this.subject = subject;
        this.provider = new CountingProvider(subject.provider());
        this.memory = memory.duplicate().clear();
        this.loop = EventLoop.builder()
                .selector(subject.open(provider))
                .clock(subject.clock(() -> nowNanos))
                .failureHandler(failure -> violated(new AssertionError("OP-1: the loop reports " + failure)))
                .open();
        try {
            for (TestSource.Connection pair :
                    List.of(sources.connection(), sources.connection(), sources.pipeReader())) {
                boolean pipe = pair.kind() == TestSource.Kind.READER;
                ByteFlow back = new ByteFlow();
                ByteFlow forth = new ByteFlow();
                ends.add(new OperationEnd(loop, pair.end(), back, pipe ? null : forth));
                ends.add(new OperationEnd(loop, pair.peer(), pipe ? null : forth, back));
            }
        } catch (Throwable failed) {
            loop.close();
            throw failed;
        }
    }

    /** Makes one step. */
    void apply(OperationStep step) throws IOException {
        step.apply(this);
        checkViolations();
    }

    private void checkViolations() {
        if (!violations.isEmpty()) {
            throw violations.get(0);
        }
    }

    private void violated(AssertionError violation) {
        violations.add(violation);
    }

    // Steps.

    void begin(OperationStep.Begin step) {
        OperationEnd end = ends.get(step.end());
        if ((step.takes() ? end.in : end.out) == null
                || step.bytes() + 2 * PoisonedBuffer.MARGIN > memory.remaining()) {
            return;
        }
        begin(step, end, end.idleWorker(this::completed));
    }

    private void begin(OperationStep.Begin step, OperationEnd end, Worker worker) {
        PoisonedBuffer buffer = new PoisonedBuffer(part(step.bytes() + 2 * PoisonedBuffer.MARGIN), step.bytes());
        ByteFlow out = step.takes() || end.closing ? null : end.out;
        byte[] bytes = out == null ? new byte[0] : out.next(step.bytes());
        buffer.fill(bytes);
        OperationTask task = new OperationTask(++begun, step, buffer, bytes, nowNanos);
        Operation operation = worker.operation;
        if (end.closing) {
            requireRefusal(task, operation);
            end.idle.push(worker);
            return;
        }
        worker.task = task;
        inFlight.add(task);
        end.tasks.add(task);
        if (out != null && out.abandoned) {
            end.peer(ends).resetPossible();
        }
        quietly(() -> beginOn(operation, task));
    }

    private static void beginOn(Operation operation, OperationTask task) {
        int limit = task.step.limitMillis();
        operation.within(limit == 0 ? NO_LIMIT : Duration.ofMillis(limit));
        switch (task.step.kind()) {
            case RECEIVE -> operation.receive(task.buffer.buffer);
            case RECEIVE_EACH -> operation.receiveEach();
            case SEND -> operation.send(task.buffer.buffer);
        }
    }

    private static void requireRefusal(OperationTask task, Operation operation) {
        try {
            beginOn(operation, task);
        } catch (IllegalStateException closed) {
            return;
        }
        throw new AssertionError("OP-8: " + task + " begins, though its source is closed");
    }

    private ByteBuffer part(int length) {
        ByteBuffer part = memory.duplicate().limit(memory.position() + length).slice();
        memory.position(memory.position() + length);
        return part;
    }

    /** Makes a call in which nothing completes. */
    private void quietly(Runnable call) {
        boolean before = turning;
        turning = false;
        try {
            call.run();
        } finally {
            turning = before;
        }
    }

    void cancel(int which) {
        List<Worker> busy = new ArrayList<>();
        List<Worker> idle = new ArrayList<>();
        for (OperationEnd end : ends) {
            end.workers.forEach(worker -> (worker.task == null ? idle : busy).add(worker));
        }
        if (busy.isEmpty()) {
            quietly(() -> idle.forEach(worker -> require(
                    !worker.operation.cancel(), "OP-5", () -> worker.operation + " is idle, and was cancelled")));
            return;
        }
        Worker worker = busy.get(which % busy.size());
        OperationTask task = worker.task;
        // What is done and not reported yet is not cancelled any more.
        quietly(() -> {
            if (worker.operation.cancel() && task != null) {
                task.cancelled = true;
            }
        });
    }

    void pass(int millis) {
        nowNanos += millis * NANOS_PER_MILLI;
    }

    void endOutput(int number) throws IOException {
        OperationEnd end = ends.get(number);
        ByteFlow out = end.out;
        if (out != null && end.in != null && !end.closing && !out.ended) {
            out.ended = true;
            end.endpoint.shutdownOutput();
        }
    }

    void close(int number) {
        OperationEnd end = ends.get(number);
        if (end.closing) {
            return;
        }
        end.closing = true;
        if (end.out != null) {
            end.out.ended = true;
        }
        if (end.in != null) {
            end.in.abandoned = true;
            if (end.in.outstanding() > 0) {
                end.resetPossible();
            }
        }
        quietly(() -> end.operations.close(() -> {
            end.closed = true;
            if (!end.tasks.isEmpty()) {
                violated(new AssertionError("OP-8: a source is closed before " + end.tasks + " completed"));
            }
        }));
    }

    void turn() throws IOException {
        turn(Duration.ZERO);
    }

    private void turn(Duration longest) throws IOException {
        turning = true;
        try {
            loop.runOnce(longest);
        } finally {
            turning = false;
        }
    }

    void settle() throws IOException {
        long start = System.nanoTime();
        String missing = missing();
        for (int turn = 0; missing != null; turn++) {
            if (isOver(start)) {
                throw new AssertionError(missing);
            }
            turn(turn < BUSY_TURNS ? Duration.ZERO : Duration.ofMillis(1));
            checkViolations();
            missing = missing();
        }
        retired.forEach(Runnable::run);
    }

    private boolean isOver(long startNanos) {
        return System.nanoTime() - startNanos > subject.patience().toNanos();
    }

    void swap(boolean readinessOnly) {
        provider.showReadinessOnly(readinessOnly);
        turning = true;
        try {
            loop.swap(subject.provider().name()).get(subject.patience().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("OP-15: the swap fails: " + e, e);
        } finally {
            turning = false;
        }
    }

    // What comes of them.

    /** Returns what must happen and has not, or null. */
    private @Nullable String missing() {
        for (OperationEnd end : ends) {
            if (end.closing && !end.closed) {
                return "OP-8: a closed source is not closed; in flight are " + end.tasks;
            }
            for (OperationTask task : end.tasks) {
                String missing = missing(task, end);
                if (missing != null) {
                    return missing;
                }
            }
        }
        return null;
    }

    private @Nullable String missing(OperationTask task, OperationEnd end) {
        if (task.cancelled) {
            return "OP-5: " + task + " was cancelled and does not complete";
        }
        if (task.isLate(nowNanos)) {
            return "OP-7: the time of " + task + " is over, and it does not complete";
        }
        ByteFlow flow = end.flow(task.step.takes());
        if (task.step.takes()) {
            boolean due = flow.waiting() > 0 || (flow.ended && flow.isStill()) || flow.cut;
            return due ? "OP-3: " + task + " does not complete: " + flow : null;
        }
        boolean taken = end.peer(ends).tasks.stream().anyMatch(other -> other.step.takes());
        boolean due = taken || flow.abandoned || flow.outstanding() <= OperationEnd.SURELY_FITS;
        return due ? "OP-2: " + task + " does not complete: " + flow : null;
    }

    private void completed(OperationEnd end, Worker worker) {
        try {
            OperationTask task = worker.task;
            require(task != null, "OP-1", () -> worker.operation + " completes, and is not in flight");
            if (task == null) {
                return;
            }
            require(turning, "OP-1", () -> task + " completes inside the call that begins or ends something");
            if (worker.operation.goesOn()) {
                part(task, end, worker.operation);
                return;
            }
            require(!worker.operation.isInFlight(), "OP-1", () -> task + " completes, and is still in flight");
            checkOrder(task, end, worker.operation);
            worker.task = null;
            inFlight.remove(task);
            end.tasks.remove(task);
            over(task, end, worker.operation);
            if (task.step.more() == 0 || closed || end.closing || task.step.bytes() + 16 > memory.remaining()) {
                end.idle.push(worker);
            } else {
                OperationStep.Begin step = task.step;
                begin(
                        new OperationStep.Begin(
                                step.kind(), step.end(), step.bytes(), step.limitMillis(), step.more() - 1),
                        end,
                        worker);
            }
        } catch (AssertionError violation) {
            violated(violation);
        } catch (IOException | RuntimeException unexpected) {
            violated(new AssertionError("OP-1: a completion fails with " + unexpected, unexpected));
        }
    }

    private void part(OperationTask task, OperationEnd end, Operation operation) throws IOException {
        ByteBuffer lent = operation.lent();
        byte[] bytes = new byte[lent.remaining()];
        require(
                bytes.length > 0 && operation.result() == bytes.length,
                "OP-12",
                () -> "the result of " + task + " is not what it lends: " + lent);
        lent.get(bytes);
        task.goesOn(nowNanos);
        end.flow(true).receive(bytes, "OP-12", task);
    }

    /** What is done and was not ended before completes in the order it began. */
    private static void checkOrder(OperationTask task, OperationEnd end, Operation operation) {
        if (operation.failure() == null) {
            for (OperationTask earlier : end.tasks) {
                if (earlier.number < task.number && earlier.step.takes() == task.step.takes()) {
                    String rule = task.step.takes() ? "OP-3" : "OP-2";
                    throw new AssertionError(rule + ": " + task + " completes before " + earlier);
                }
            }
        }
    }

    private void over(OperationTask task, OperationEnd end, Operation operation) throws IOException {
        Throwable failure = operation.failure();
        ByteFlow flow = end.flow(task.step.takes());
        int moved = task.buffer.moved();
        if (task.step.takes()) {
            byte[] bytes = task.buffer.taken(moved);
            task.buffer.retire(moved, task);
            flow.receive(bytes, "OP-3", task);
            if (failure == null) {
                int result = operation.result();
                boolean right = task.step.kind() == OperationStep.Kind.RECEIVE
                        ? result == (moved == 0 ? -1 : moved)
                        : result == -1;
                require(right, "OP-3", () -> task + " returns " + result + ", and has moved " + moved + " bytes");
                if (result == -1) {
                    flow.receiveEnd(task);
                }
            }
        } else {
            require(
                    Arrays.equals(task.bytes, task.buffer.taken(task.bytes.length)),
                    "OP-6",
                    () -> task + " has written to what it sends");
            task.buffer.retire(task.bytes.length, task);
            flow.accept(task.bytes, moved, task);
            if (failure == null) {
                int result = operation.result();
                require(
                        result == task.bytes.length && moved == result,
                        "OP-2",
                        () -> task + " returns " + result + ", and has moved " + moved + " bytes");
            }
        }
        if (failure != null) {
            boolean broken = task.step.takes() ? flow.cut : flow.ended || flow.abandoned;
            task.checkFailure(failure, nowNanos, closed || end.closing, broken);
        }
        retired.add(() -> task.buffer.checkRetired(moved, task));
    }

    private static void require(boolean right, String rule, Supplier<String> wrong) {
        if (!right) {
            throw new AssertionError(rule + ": " + wrong.get());
        }
    }

    // The end.

    /** Closes the loop, and looks at what has become of everything that was begun and sent. */
    void end() throws IOException {
        if (ends.stream().noneMatch(end -> end.closing)) {
            long stale = loop.metrics().selector().staleEvents();
            require(stale == 0, "OP-1", () -> "the backend has reported " + stale + " outcomes of no one");
        }
        closed = true;
        turning = true;
        loop.close();
        checkViolations();
        require(inFlight.isEmpty(), "OP-9", () -> "the loop has ended, and " + inFlight + " did not complete");
        for (OperationEnd end : ends) {
            require(!end.closing || end.closed, "OP-8", () -> "the loop has ended, and a source is not closed");
            if (end.in != null && !end.closing) {
                takeRest(end, end.in);
            }
        }
        retired.forEach(Runnable::run);
    }

    /** Ends what a failed history has left. */
    void abort() {
        closed = true;
        loop.close();
    }

    /** The source stays open with the loop's end, so what no operation has received is still there; and nothing else is. */
    private void takeRest(OperationEnd end, ByteFlow flow) throws IOException {
        byte[] chunk = new byte[8192];
        long start = System.nanoTime();
        while (flow.waiting() > 0 || !flow.cut) {
            int count;
            try {
                count = end.endpoint.read(chunk);
            } catch (IOException reset) {
                require(flow.cut, "OP-9", () -> "the source fails after the end of the loop: " + reset);
                return;
            }
            if (count > 0) {
                flow.receive(Arrays.copyOf(chunk, count), "OP-9", "the other end, after the end of the loop,");
            } else if (count < 0) {
                flow.receiveEnd("the other end, after the end of the loop,");
                return;
            } else if (flow.waiting() == 0 && !flow.ended) {
                return;
            } else if (isOver(start)) {
                throw new AssertionError("OP-9: bytes that were sent are gone after the end of the loop: " + flow);
            }
        }
    }
}
