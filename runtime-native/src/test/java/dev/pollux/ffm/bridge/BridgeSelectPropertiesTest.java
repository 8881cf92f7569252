package dev.pollux.ffm.bridge;

import dev.pollux.ffm.LinuxOnly;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** Beginning on {@code select}. */
@AddLifecycleHook(LinuxOnly.class)
class BridgeSelectPropertiesTest extends BridgeProperties {

    BridgeSelectPropertiesTest() {
        super("select");
    }
}
