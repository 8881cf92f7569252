package dev.pollux.internal.loop;

import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives the other packages of this module the core of a loop, which users do not see. The loop is an {@link Executor} here
 * so that nothing in this package depends on the type that users have.
 */
public final class LoopAccess {

    private static volatile @Nullable Function<Executor, LoopCore> cores;

    private LoopAccess() {}

    /** Says how to get at the core. Called once, when the type of loops is initialised. */
    public static void provide(Function<Executor, LoopCore> toCore) {
        cores = toCore;
    }

    /** Returns the core of {@code loop}, which is an event loop. */
    public static LoopCore core(Executor loop) {
        Function<Executor, LoopCore> toCore = cores;
        if (toCore == null) {
            throw new AssertionError("no loop exists yet");
        }
        return toCore.apply(loop);
    }
}
