package dev.pollux.ffm.bridge;

import dev.pollux.ffm.LinuxOnly;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** Beginning on {@code io_uring}. */
@AddLifecycleHook(LinuxOnly.class)
class BridgeIoUringPropertiesTest extends BridgeProperties {

    BridgeIoUringPropertiesTest() {
        super("io_uring");
    }
}
