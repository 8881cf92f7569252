package dev.pollux.frameworks;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.pollux.ffm.bridge.PolluxSelectorProvider;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Moves every selector of a JVM to the next of some backends every 50 ms, and at the end to the one it began with. */
public final class Swaps implements AutoCloseable {

    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(50);

    /** Moves all selectors and returns how many that were. */
    public interface Mover {

        int swapAll(String backend) throws IOException;
    }

    private final String home;
    private final List<String> names;
    private final Mover mover;
    private final AtomicLong count = new AtomicLong();
    private final Thread thread = new Thread(this::run, "swaps");
    private volatile boolean ended;
    private volatile Exception failure;

    private Swaps(String home, List<String> names, Mover mover) {
        this.home = home;
        this.names = names;
        this.mover = mover;
    }

    /** Begins with {@code home}, which the selectors are on, and goes on with all backends. */
    public static Swaps from(String home) {
        return from(home, PolluxSelectorProvider::swapAll);
    }

    /** The same for selectors of another JVM. */
    public static Swaps from(String home, Mover mover) {
        return begin(new Swaps(home, Backends.names(), mover));
    }

    /** Begins with {@code home} and goes on with {@code names}. If {@code home} is none of these, it does not go back to it. */
    static Swaps from(String home, List<String> names) {
        return begin(new Swaps(home, names, PolluxSelectorProvider::swapAll));
    }

    private static Swaps begin(Swaps swaps) {
        swaps.thread.start();
        return swaps;
    }

    private void run() {
        int next = names.indexOf(home);
        try {
            while (!ended) {
                LockSupport.parkNanos(PERIOD);
                next = (next + 1) % names.size();
                count.addAndGet(mover.swapAll(names.get(next)));
            }
            if (names.contains(home)) {
                mover.swapAll(home);
            }
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    /** Returns how many selectors were moved, each as often as it was. */
    public long count() {
        return count.get();
    }

    @Override
    public void close() throws IOException {
        ended = true;
        Uninterruptibles.joinUninterruptibly(thread);
        if (failure != null) {
            throw new IOException("selectors could not be moved", failure);
        }
    }
}
