package dev.pollux.internal.timer;

import org.jspecify.annotations.Nullable;

/**
 * Which timers the present thread probably runs. An answer may be wrong and is only compared.
 *
 * <p>Whoever cancels a timer of a million waits for the memory that it lies in. A processor goes on meanwhile with what
 * does not depend on that memory; so it helps to know the owner of a timer before the timer has come, if only by a guess.
 */
final class OwnerHints {

    private static final int MASK = 63;

    private static final @Nullable TimerOwner[] OWNERS = new TimerOwner[MASK + 1];

    private OwnerHints() {}

    /** Returns whose timers this thread ran last, as far as is known. */
    static @Nullable TimerOwner get() {
        return OWNERS[index()];
    }

    /** Notes that this thread runs the timers of {@code owner}. */
    static void set(TimerOwner owner) {
        int index = index();
        if (OWNERS[index] != owner) {
            OWNERS[index] = owner;
        }
    }

    /** Lets go of {@code owner}. */
    static void forget(TimerOwner owner) {
        for (int i = 0; i <= MASK; i++) {
            if (OWNERS[i] == owner) {
                OWNERS[i] = null;
            }
        }
    }

    private static int index() {
        return (int) Thread.currentThread().getId() & MASK;
    }
}
