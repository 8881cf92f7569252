package dev.pollux.internal.executor;

import com.google.common.base.Throwables;
import dev.pollux.Selectors;
import dev.pollux.internal.selector.ScriptedProvider;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** The executor of a loop that is run a turn at a time. */
final class LoopSubject implements Subject {

    private final EventLoop loop;
    private final ScheduledExecutorService executor;
    private final AtomicLong time;
    private Thread background;

    LoopSubject(long startNanos) throws IOException {
        this(startNanos, correct -> correct);
    }

    /** Plays on what {@code fault} makes of the executor. */
    LoopSubject(long startNanos, UnaryOperator<ScheduledExecutorService> fault) throws IOException {
        time = new AtomicLong(startNanos);
        loop = EventLoop.builder()
                .selector(Selectors.open(ScriptedProvider.withEverything()))
                .clock(this::nanoTime)
                .failureHandler(failure -> {})
                .open();
        executor = fault.apply(loop.executor());
    }

    @Override
    public ScheduledExecutorService executor() {
        return executor;
    }

    @Override
    public long nanoTime() {
        return time.get();
    }

    @Override
    public void pass(long nanos) {
        time.addAndGet(nanos);
    }

    @Override
    public boolean isOwn(Runnable task) {
        return false;
    }

    @Override
    public void settle() throws Exception {
        if (background != null) {
            background.join();
            background = null;
        }
        turns();
    }

    private void turns() throws IOException {
        boolean more = true;
        while (more) {
            more = loop.runOnce(Duration.ZERO);
        }
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // On a single processor, the other thread needs it to make its call.
    public <T> T waiting(Callable<T> call) throws Exception {
        FutureTask<T> task = new FutureTask<>(call);
        Thread caller = new Thread(task);
        caller.start();
        while (!task.isDone()) {
            turns();
            Thread.yield();
        }
        caller.join();
        try {
            return task.get();
        } catch (ExecutionException e) {
            Throwables.throwIfInstanceOf(e.getCause(), Exception.class);
            throw e;
        }
    }

    @Override
    public void settleInBackground() {
        background = new Thread(() -> {
            try {
                turns();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        background.start();
    }

    @Override
    public void close() {
        loop.close();
    }
}
