package dev.pollux.benchmarks.peers;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Where a measured thread rests, and does what it is asked to, while it is not measured. */
final class Gate {

    private static final long PATIENCE_SECONDS = 60;

    private final AtomicBoolean open = new AtomicBoolean();
    private final BlockingQueue<Runnable> asked = new LinkedBlockingQueue<>();

    /** Whether the measured thread is to go on. Costs it next to nothing. */
    boolean isOpen() {
        return open.getOpaque();
    }

    /** Has it come to rest, when it looks the next time. Any thread. */
    void shut() {
        open.setOpaque(false);
    }

    /** Does what is asked until that opens the gate. The measured thread. */
    void rest() {
        while (!isOpen()) {
            try {
                asked.take().run();
            } catch (InterruptedException e) {
                throw new IllegalStateException("no one interrupts here", e);
            }
        }
    }

    /** Has {@code work} done by the measured thread, as soon as it rests. Another thread. */
    <T> T call(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        asked.add(task);
        return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Has the measured thread do {@code last} and go on. Another thread. */
    <T> T callAndOpen(Callable<T> last) throws Exception {
        return call(() -> {
            open.setOpaque(true);
            return last.call();
        });
    }
}
