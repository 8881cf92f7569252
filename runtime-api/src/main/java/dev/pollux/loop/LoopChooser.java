package dev.pollux.loop;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Chooses the loop of a group that the next piece of work goes to.
 *
 * <p><b>Thread:</b> any, several at once.
 */
@FunctionalInterface
public interface LoopChooser {

    /**
     * Returns one of {@code loops}.
     *
     * @param loops those that are open, in the group's order; at least one
     */
    EventLoop choose(List<EventLoop> loops);

    /** Returns a chooser that takes one after the other. */
    static LoopChooser roundRobin() {
        AtomicInteger next = new AtomicInteger();
        return loops -> loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
    }

    /**
     * Returns a chooser that takes the loop with the fewest registrations, the first of those that have equally few. What
     * is on its way to a loop does not count yet.
     */
    static LoopChooser leastRegistered() {
        return loops -> {
            EventLoop least = loops.get(0);
            int fewest = Integer.MAX_VALUE;
            for (EventLoop loop : loops) {
                int registered = loop.registered();
                if (registered < fewest) {
                    fewest = registered;
                    least = loop;
                }
            }
            return least;
        };
    }
}
