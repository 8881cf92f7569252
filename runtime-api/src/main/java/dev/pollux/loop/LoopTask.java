package dev.pollux.loop;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A task with a result. Waiting for it on the loop that is to run it would never end, and is refused. */
class LoopTask<V> extends FutureTask<V> {

    final LoopCore loop;

    private final Object work;

    LoopTask(LoopCore loop, Callable<V> work) {
        super(work);
        this.loop = loop;
        this.work = work;
    }

    @Override
    public final V get() throws InterruptedException, ExecutionException {
        checkMayWait();
        return super.get();
    }

    @Override
    public final V get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        checkMayWait();
        return super.get(timeout, unit);
    }

    private void checkMayWait() {
        if (!isDone()) {
            loop.checkMayWaitFor(work);
        }
    }

    @Override
    public String toString() {
        return "task " + work;
    }
}
