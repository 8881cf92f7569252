package dev.pollux.frameworks;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.pollux.ffm.bridge.PolluxSelectorProvider;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Moves every selector of a JVM to the next backend every 50 ms, and at the end to the one it began with. */
public final class Swaps implements AutoCloseable {

    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(50);

    /** Moves all selectors and returns how many that were. */
    public interface Mover {

        int swapAll(String backend) throws IOException;
    }

    private final String home;
    private final Mover mover;
    private final Thread thread = new Thread(this::run, "swaps");
    private volatile boolean ended;
    private final AtomicLong swaps = new AtomicLong();
    private volatile IOException failure;

    private Swaps(String home, Mover mover) {
        this.home = home;
        this.mover = mover;
    }

    /** Begins with {@code home}, which the selectors are on. */
    public static Swaps from(String home) {
        return from(home, PolluxSelectorProvider::swapAll);
    }

    /** The same for selectors of another JVM. */
    public static Swaps from(String home, Mover mover) {
        Swaps swaps = new Swaps(home, mover);
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
                swaps.addAndGet(mover.swapAll(names.get(next)));
            }
            mover.swapAll(home);
        } catch (IOException e) {
            failure = e;
        }
    }

    /** Returns how many selectors were moved, each as often as it was. */
    public long count() {
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
