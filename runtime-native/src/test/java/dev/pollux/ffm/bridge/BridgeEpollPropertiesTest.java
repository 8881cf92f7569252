package dev.pollux.ffm.bridge;

/** Beginning on {@code epoll}. */
class BridgeEpollPropertiesTest extends BridgeProperties {

    BridgeEpollPropertiesTest() {
        super("epoll");
    }
}
