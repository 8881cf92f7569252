package dev.pollux.ffm.bridge;

import dev.pollux.ffm.LinuxOnly;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** Beginning on {@code poll}. */
@AddLifecycleHook(LinuxOnly.class)
class BridgePollPropertiesTest extends BridgeProperties {

    BridgePollPropertiesTest() {
        super("poll");
    }
}
