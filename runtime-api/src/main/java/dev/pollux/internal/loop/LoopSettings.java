package dev.pollux.internal.loop;

import dev.pollux.NanoClock;
import dev.pollux.loop.LoopFailure;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What an {@link dev.pollux.loop.EventLoopBuilder} held when the loop was opened. */
public record LoopSettings(
        String name,
        @Nullable ThreadFactory threadFactory,
        NanoClock clock,
        @Nullable Consumer<LoopFailure> failureHandler,
        @Nullable Runnable beforeWait,
        @Nullable Runnable whenIdle,
        @Nullable Runnable afterWait,
        @Nullable Executor offloadExecutor,
        int taskBudget,
        long taskBudgetNanos,
        long spinNanos,
        int failureLimit,
        int timerLimit,
        long slowNanos,
        long stallNanos) {

    /** The threshold of what is not measured at all. */
    public static final long OFF = Long.MAX_VALUE;
}
