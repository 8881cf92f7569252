package dev.pollux.benchmarks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What timers cost at the least: a hierarchical wheel with ticks of a millisecond, for one thread. A slot is an array,
 * and a timer knows its place in it.
 *
 * <p>It has none of what a loop needs: a timer runs up to a millisecond late, those of one tick in the order in which they
 * were scheduled, no other thread may cancel it, a task that throws ends the turn, the memory of a slot is not given
 * back, and no one can ask when the next timer is due.
 *
 * <p>A wheel with {@linkplain #BareWheel(boolean) taken tasks} has one thing more: it takes the task of a timer away by an
 * atomic exchange, as a thread must that runs or cancels a timer which another thread may cancel at the same time.
 */
final class BareWheel {

    private static final VarHandle TASK;

    static {
        try {
            TASK = MethodHandles.lookup().findVarHandle(Timer.class, "task", Runnable.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int TICK_NANOS = 1_000_000;
    private static final int SLOT_BITS = 6;
    private static final int SLOTS = 1 << SLOT_BITS;
    private static final int LEVELS = 5;

    /** A timer that was scheduled. */
    static final class Timer {

        private final long tick;
        private @Nullable Runnable task;
        private int slot;
        private int index;

        Timer(long tick, Runnable task) {
            this.tick = tick;
            this.task = task;
        }
    }

    private static final int GONE = -1;

    private final @Nullable Timer[][] slots = new Timer[LEVELS * SLOTS][8];
    private final int[] sizes = new int[LEVELS * SLOTS];
    private final boolean takesTasks;
    private long tick;

    /**
     * Makes an empty wheel.
     *
     * @param takesTasks whether a task is taken away by an atomic exchange
     */
    BareWheel(boolean takesTasks) {
        this.takesTasks = takesTasks;
    }

    /** Runs {@code task} in {@code delayNanos}, which is less than 12 days. */
    Timer schedule(long delayNanos, Runnable task) {
        Timer timer = new Timer(tick + (delayNanos + TICK_NANOS - 1) / TICK_NANOS, task);
        add(timer);
        return timer;
    }

    /** Drops a timer. Returns whether it was to run. */
    boolean cancel(Timer timer) {
        if (takesTasks ? TASK.getAndSet(timer, null) == null : timer.index == GONE) {
            return false;
        }
        slots[timer.slot][timer.index] = null;
        timer.index = GONE;
        return true;
    }

    /** Runs what is due within {@code nanos} from now. */
    void advance(long nanos) {
        for (long left = nanos / TICK_NANOS; left > 0; left--) {
            tick++;
            for (int level = LEVELS - 1; level > 0; level--) {
                if ((tick & ((1L << (level * SLOT_BITS)) - 1)) == 0) {
                    spread(level * SLOTS + slotOf(tick, level));
                }
            }
            fire(slotOf(tick, 0));
        }
    }

    private void add(Timer timer) {
        int level = (Long.SIZE - 1 - Long.numberOfLeadingZeros((timer.tick ^ tick) | 1)) / SLOT_BITS;
        int slot = level * SLOTS + slotOf(timer.tick, level);
        int size = sizes[slot]++;
        if (size == slots[slot].length) {
            slots[slot] = Arrays.copyOf(slots[slot], size * 2);
        }
        slots[slot][size] = timer;
        timer.slot = slot;
        timer.index = size;
    }

    private void spread(int slot) {
        @Nullable Timer[] timers = slots[slot];
        int size = sizes[slot];
        sizes[slot] = 0;
        for (int i = 0; i < size; i++) {
            Timer timer = timers[i];
            timers[i] = null;
            if (timer != null) {
                add(timer);
            }
        }
    }

    private void fire(int slot) {
        @Nullable Timer[] timers = slots[slot];
        int size = sizes[slot];
        sizes[slot] = 0;
        for (int i = 0; i < size; i++) {
            Timer timer = timers[i];
            timers[i] = null;
            if (timer != null) {
                timer.index = GONE;
                Runnable task = takesTasks ? (Runnable) TASK.getAndSet(timer, null) : timer.task;
                if (task != null) {
                    task.run();
                }
            }
        }
    }

    private static int slotOf(long tick, int level) {
        return (int) (tick >>> (level * SLOT_BITS)) & (SLOTS - 1);
    }
}
