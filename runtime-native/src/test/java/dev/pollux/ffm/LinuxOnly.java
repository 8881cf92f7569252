package dev.pollux.ffm;

import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;
import org.junit.jupiter.api.condition.OS;

/** Skips a property elsewhere, as {@code @EnabledOnOs} does for Jupiter's tests only. */
public final class LinuxOnly implements SkipExecutionHook {

    @Override
    public SkipResult shouldBeSkipped(LifecycleContext context) {
        return OS.LINUX.isCurrentOs() ? SkipResult.doNotSkip() : SkipResult.skip("Linux only");
    }
}
