package dev.pollux.tck.fake;

import dev.pollux.NativeIOException;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.CompletionBackend;
import dev.pollux.spi.EventSink;
import dev.pollux.spi.Submission;
import dev.pollux.tck.source.ArenaMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;

/** A backend whose kernel does operations too, with the faults that a test asks for. Guarded by the kernel's lock. */
final class FakeCompletionBackend extends FakeBackend implements CompletionBackend {

    private static final int EBADF = 9;

    /** So few that one stream can fill them all. */
    private static final int MOST_BUFFERS = 3;

    /** As many requests wait for the next flush or wait at most. */
    private static final int QUEUE = 64;

    /** What one finds who reads a lent buffer after its time. */
    private static final byte[] POISON = "given back ".repeat(20).getBytes(StandardCharsets.US_ASCII);

    /** What was done; {@code connection} if the result is a descriptor that has no owner yet. */
    private record Done(long token, int result, int flags, boolean connection) {}

    private final List<FakeRequest> inFlight = new ArrayList<>();
    private final Queue<Done> done = new ArrayDeque<>();
    private final ByteBuffer[] buffers;

    /** Numbers of buffers; the one that is free for longest is lent next, as io_uring(7) does. */
    private final ArrayDeque<Integer> free = new ArrayDeque<>();

    private int queued;

    FakeCompletionBackend(FakeKernel kernel, SplittableRandom random, BackendOptions options) {
        super(kernel, random);
        this.buffers = new ByteBuffer[Math.min(options.lentBuffers(), MOST_BUFFERS)];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = ByteBuffer.allocateDirect(options.lentBytes());
            free.add(i);
        }
    }

    @Override
    public boolean submit(Submission submission, long token) {
        if (submission.buffer != null && ArenaMemory.isOf(submission.buffer)) {
            throw new UnsupportedOperationException("memory that can be freed meanwhile");
        }
        kernel.lock.lock();
        try {
            if (kernel.operationFaults().isUnable()) {
                throw new UnsupportedOperationException("another way is to be found");
            }
            if (queued == QUEUE || kernel.operationFaults().isQueueFull()) {
                return false;
            }
            queued++;
            inFlight.add(new FakeRequest(submission, token, kernel));
            return true;
        } finally {
            kernel.lock.unlock();
        }
    }

    @Override
    public void flush() {
        kernel.lock.lock();
        try {
            queued = 0;
        } finally {
            kernel.lock.unlock();
        }
    }

    @Override
    public void cancel(long token) {
        kernel.lock.lock();
        try {
            inFlight.stream().filter(request -> request.token == token).forEach(request -> request.cancelled = true);
        } finally {
            kernel.lock.unlock();
        }
    }

    @Override
    void proceed() {
        queued = 0;
        OperationFaults faults = kernel.operationFaults();
        if (faults.isHeld()) {
            return;
        }
        // What one does may let another one go on.
        for (boolean moved = true; moved; ) {
            moved = false;
            for (FakeRequest request : List.copyOf(inFlight)) {
                moved |= proceed(request, faults);
            }
        }
    }

    /** Returns whether it did something. */
    private boolean proceed(FakeRequest request, OperationFaults faults) {
        if (request.cancelled && !faults.isCancelLate()) {
            return end(request, CANCELLED);
        }
        if (!request.begun) {
            request.begun = true;
            if (faults.isAgain()) {
                return end(request, AGAIN);
            }
            if (faults.isCancelled()) {
                return end(request, CANCELLED);
            }
        }
        if (request.kind == Submission.Kind.RECEIVE_EACH) {
            return receiveEach(request, faults);
        }
        int result = request.attempt(faults.mostBytes());
        if (result == FakeRequest.NOT_YET) {
            return request.cancelled && end(request, CANCELLED);
        }
        if (request.kind == Submission.Kind.ACCEPT_EACH && result >= 0) {
            done.add(new Done(request.token, result, MORE, true));
            return true;
        }
        return end(request, result);
    }

    private boolean receiveEach(FakeRequest request, OperationFaults faults) {
        if (!request.isReady()) {
            return request.cancelled && end(request, CANCELLED);
        }
        Integer number = faults.hasNoBuffer() ? null : free.peek();
        if (number == null) {
            return end(request, NO_BUFFERS);
        }
        ByteBuffer buffer = buffers[number];
        int result = request.receive(buffer, Math.min(faults.mostBytes(), buffer.capacity()));
        if (result <= 0) {
            return end(request, result);
        }
        free.remove();
        done.add(new Done(request.token, result, MORE | LENT | number << Short.SIZE, false));
        return true;
    }

    private boolean end(FakeRequest request, int result) {
        inFlight.remove(request);
        request.end();
        done.add(new Done(request.token, result, 0, request.kind == Submission.Kind.ACCEPT && result >= 0));
        return true;
    }

    @Override
    boolean hasCompletions() {
        return !done.isEmpty();
    }

    @Override
    void report(EventSink sink) {
        for (Done next = done.poll(); next != null; next = done.poll()) {
            sink.completed(next.token, next.result, next.flags);
        }
    }

    @Override
    public ByteBuffer lent(int number) {
        return buffers[number].clear();
    }

    @Override
    public void giveBack(int number) {
        kernel.lock.lock();
        try {
            buffers[number].clear().put(POISON);
            free.add(number);
        } finally {
            kernel.lock.unlock();
        }
    }

    @Override
    public int availableBuffers() {
        kernel.lock.lock();
        try {
            return free.size();
        } finally {
            kernel.lock.unlock();
        }
    }

    @Override
    public IOException failure(Submission.Kind kind, int fd, int result) {
        String name = result == -EBADF ? "EBADF" : result == -FakeRequest.EPIPE ? "EPIPE" : "EINVAL";
        return new NativeIOException("fake_" + kind, fd, -result, name, "the kernel in memory cannot do that");
    }

    @Override
    public void close() {
        kernel.lock.lock();
        try {
            super.close();
            inFlight.forEach(FakeRequest::end);
            inFlight.clear();
            for (Done lost : done) {
                if (lost.connection) {
                    kernel.drop(lost.result);
                }
            }
            done.clear();
        } finally {
            kernel.lock.unlock();
        }
    }
}
