package dev.pollux.loop;

import dev.pollux.spi.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * Several loops, each on a thread of its own, that share the work of one program. A source belongs to one loop for as
 * long as it is registered, so its callbacks need no locks.
 *
 * <p>A loop that has failed gets no further work; the others go on.
 *
 * <p><b>Thread:</b> any.
 */
public final class EventLoopGroup implements Iterable<EventLoop>, AutoCloseable {

    private final List<EventLoop> loops;
    private final LoopChooser chooser;

    private EventLoopGroup(List<EventLoop> loops, LoopChooser chooser) {
        this.loops = List.copyOf(loops);
        this.chooser = chooser;
    }

    /**
     * Opens and starts as many loops as there are processors, with the defaults of {@link EventLoopBuilder}.
     *
     * @throws IOException as {@link EventLoopBuilder#open}
     */
    public static EventLoopGroup open() throws IOException {
        return open(Runtime.getRuntime().availableProcessors(), EventLoop.builder(), LoopChooser.roundRobin());
    }

    /**
     * Opens and starts {@code size} loops with equal settings. If {@link EventLoopBuilder#threadName} is set, each gets its
     * number appended.
     *
     * @throws IllegalArgumentException if {@code size} is less than 1, or the settings hold a selector, which only one
     *     loop could have
     * @throws IOException as {@link EventLoopBuilder#open}; no loop is left open then
     */
    public static EventLoopGroup open(int size, EventLoopBuilder settings, LoopChooser chooser) throws IOException {
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(chooser, "chooser");
        if (size < 1) {
            throw new IllegalArgumentException("a group of " + size + " loops does nothing; it takes at least 1");
        }
        if (settings.hasSelector()) {
            throw new IllegalArgumentException(
                    "the loops of a group cannot share a selector; give the name of a backend or a provider instead");
        }
        List<EventLoop> loops = new ArrayList<>();
        try {
            for (int number = 1; number <= size; number++) {
                loops.add(settings.open(number));
            }
            loops.forEach(EventLoop::start);
        } catch (Throwable e) {
            loops.forEach(EventLoop::close);
            throw e;
        }
        return new EventLoopGroup(loops, chooser);
    }

    /**
     * Returns the loop that the next piece of work goes to.
     *
     * @throws RejectedExecutionException if none is open any more
     */
    public EventLoop next() {
        List<EventLoop> open = loops;
        for (EventLoop loop : loops) {
            if (!loop.isOpen()) {
                open = loops.stream().filter(EventLoop::isOpen).toList();
                break;
            }
        }
        if (open.isEmpty()) {
            throw new RejectedExecutionException("all " + loops.size() + " loops of the group are closed");
        }
        return Objects.requireNonNull(chooser.choose(open), () -> "the chooser " + chooser + " returned no loop");
    }

    /** Returns the number of loops, those that have ended included. */
    public int size() {
        return loops.size();
    }

    /** Iterates over the loops, those that have ended included. */
    @Override
    public Iterator<EventLoop> iterator() {
        return loops.iterator();
    }

    /**
     * Swaps each loop to another backend.
     *
     * @return completes when all have; exceptionally if one failed, while the others have swapped
     */
    public CompletableFuture<Void> swap(String backend) {
        return CompletableFuture.allOf(
                loops.stream().map(loop -> loop.swap(backend)).toArray(CompletableFuture<?>[]::new));
    }

    /** Shuts down each loop, which ends when what it accepted has run. Returns at once. */
    public void shutdown() {
        loops.forEach(EventLoop::shutdown);
    }

    /**
     * Waits until all loops have ended.
     *
     * @return whether they have, within {@code timeout}
     * @throws IllegalStateException on the thread of one of them, which would wait for itself
     * @throws InterruptedException if the caller is interrupted
     */
    public boolean awaitTermination(Duration timeout) throws InterruptedException {
        long nanos = Timeouts.nanos(timeout);
        long start = System.nanoTime();
        for (EventLoop loop : loops) {
            if (!loop.awaitTermination(Duration.ofNanos(nanos - (System.nanoTime() - start)))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Closes each loop. From a thread outside the group, returns when all have ended; from one of its loops, returns at
     * once, and each ends after its turn.
     */
    @Override
    public void close() {
        boolean inside = loops.stream().anyMatch(EventLoop::inLoop);
        loops.forEach(EventLoop::closeSoon);
        if (!inside) {
            loops.forEach(EventLoop::close);
        }
    }
}
