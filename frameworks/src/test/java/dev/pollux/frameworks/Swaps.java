package dev.pollux.frameworks;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.pollux.ffm.bridge.PolluxSelectorProvider;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Moves every selector of this JVM to the next backend every 50 ms, and at the end to the one it began with. */
final class Swaps implements AutoCloseable {

    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(50);

    private final String home;
    private final Thread thread = new Thread(this::run, "swaps");
    private volatile boolean ended;
    private final AtomicLong swaps = new AtomicLong();
    private volatile IOException failure;

    private Swaps(String home) {
        this.home = home;
    }

    /** Begins with {@code home}, which the selectors are on. */
    static Swaps from(String home) {
        Swaps swaps = new Swaps(home);
        swaps.thread.start();
        return swaps;
    }

    private void run() {
        List<String> names = Backends.names();
        int next = names.indexOf(home);
        try {
            while (!ended) {
                LockSupport.parkNanos(PERIOD);
                next = (next + 1) % names.size();
                swaps.addAndGet(PolluxSelectorProvider.swapAll(names.get(next)));
            }
            PolluxSelectorProvider.swapAll(home);
        } catch (IOException e) {
            failure = e;
        }
    }

    /** Returns how many selectors were moved, each as often as it was. */
    long count() {
        return swaps.get();
    }

    @Override
    public void close() throws IOException {
        ended = true;
        Uninterruptibles.joinUninterruptibly(thread);
        if (failure != null) {
            throw failure;
        }
    }
}
