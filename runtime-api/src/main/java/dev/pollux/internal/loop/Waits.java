package dev.pollux.internal.loop;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which threads wait for which loops, so that none waits for a loop whose thread waits for it: two loops that register
 * with each other would never go on.
 *
 * <p>A thread first notes that it waits, and then looks. So of two that close a circle, at least one sees it.
 */
final class Waits {

    private record Wait(Lifecycle loop, BooleanSupplier isOver) {}

    private static final Map<Thread, Wait> waiting = new ConcurrentHashMap<>();

    private Waits() {}

    /**
     * Notes that the caller is about to wait for {@code loop}, until {@code isOver}. If this returns true, {@link #end}
     * must follow; if false, the wait would never end, and nothing is noted.
     */
    static boolean begin(Lifecycle loop, BooleanSupplier isOver) {
        Thread me = Thread.currentThread();
        waiting.put(me, new Wait(loop, isOver));
        if (isCircle(me)) {
            waiting.remove(me);
            return false;
        }
        return true;
    }

    /** Ends the wait of the caller. */
    static void end() {
        waiting.remove(Thread.currentThread());
    }

    private static boolean isCircle(Thread me) {
        @Nullable Thread at = me;
        // Others may change what they wait for meanwhile; the number of steps is bounded all the same.
        for (int steps = waiting.size(); at != null && steps >= 0; steps--) {
            Wait wait = waiting.get(at);
            if (wait == null || wait.isOver().getAsBoolean()) {
                return false;
            }
            at = wait.loop().driver();
            if (at == me) {
                return true;
            }
        }
        return false;
    }
}
