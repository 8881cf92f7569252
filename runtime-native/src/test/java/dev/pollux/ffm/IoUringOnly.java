package dev.pollux.ffm;

import dev.pollux.Availability;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;

/** Skips what needs io_uring where a kernel or a container has none. */
public final class IoUringOnly implements SkipExecutionHook {

    /** Returns whether it is here; for conditions of Jupiter. */
    public static boolean isHere() {
        return new IoUringBackendProvider().availability() instanceof Availability.Available;
    }

    @Override
    public SkipResult shouldBeSkipped(LifecycleContext context) {
        return isHere() ? SkipResult.doNotSkip() : SkipResult.skip("no io_uring here");
    }
}
