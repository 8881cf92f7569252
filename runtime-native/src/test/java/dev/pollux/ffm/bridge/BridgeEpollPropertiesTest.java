package dev.pollux.ffm.bridge;

import dev.pollux.ffm.LinuxOnly;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** Beginning on {@code epoll}. */
@AddLifecycleHook(LinuxOnly.class)
class BridgeEpollPropertiesTest extends BridgeProperties {

    BridgeEpollPropertiesTest() {
        super("epoll");
    }
}
