package dev.pollux.ffm.sys;

import net.jqwik.api.lifecycle.BeforeContainerHook;
import net.jqwik.api.lifecycle.ContainerLifecycleContext;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.SkipExecutionHook;

/**
 * Puts {@link StandIns} in place before the first property can link a native call, and skips the properties of backends that
 * cannot run without them. Found by service look-up.
 */
public final class StandInsForProperties implements BeforeContainerHook, SkipExecutionHook {

    @Override
    public PropagationMode propagateTo() {
        return PropagationMode.ALL_DESCENDANTS;
    }

    @Override
    public void beforeContainer(ContainerLifecycleContext context) {
        StandIns.install();
    }

    @Override
    public SkipResult shouldBeSkipped(LifecycleContext context) {
        String name = context.optionalContainerClass().map(Class::getSimpleName).orElse("");
        boolean missing = (name.startsWith("Kqueue") && !StandIns.haveKqueue())
                || (name.startsWith("Devpoll") && !StandIns.haveDevpoll());
        return missing ? SkipResult.skip("neither the system nor src/test/c has the calls") : SkipResult.doNotSkip();
    }
}
